// Adds an organisation in two minutes: name and domain; the environment is read from DNS, the rest by
// template.

import type { Environment } from '@gatepost/contract/common.ts'
import { addOrganization, getPortfolio, proposeForDomain } from '@gatepost/contract/portfolio.ts'
import { getMe } from '@gatepost/contract/session.ts'
import { listTemplates } from '@gatepost/contract/template.ts'
import { Button, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDebouncedValue } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import type * as z from 'zod'
import { isProblem } from '#api/problem-error.ts'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useEnvironmentWord } from '#connect/step-words.ts'
import { environments } from '#console/organization-form.tsx'
import { useWords, type Words } from '#i18n/i18n.ts'
import { FormSection } from '#shared/form-section.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import { SecretNote } from '#shared/secret-note.tsx'
import stack from '#shared/stack.module.css'
import { address, domainName, filled, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'

const NONE = ''
/** Typing rests for so long before DNS is asked. */
const TYPING_MS = 500

const sourcesOf = (t: Words) =>
  ({
    input: t('addOrganization.asYouChose'),
    template: t('addOrganization.byTheTemplate'),
    dns: t('addOrganization.byItsDnsRecords'),
    fallback: t('addOrganization.sinceItsRecordsDoNotTell'),
  }) as const

export function AddOrganization({ onClose }: { readonly onClose: () => void }) {
  const environmentWord = useEnvironmentWord()
  const t = useWords('system')
  const { data: templates } = useEndpoint(listTemplates, {})
  const add = useAction(addOrganization, {
    readAgain: [getPortfolio, getMe],
    onDone: () => form.reset(),
  })
  const form = useForm({
    initialValues: {
      name: '',
      primaryDomain: '',
      environment: NONE,
      template: NONE,
      inviteName: '',
      inviteEmail: '',
    },
    validate: {
      name: filled(t('addOrganization.writeTheNameOfThe')),
      primaryDomain: domainName,
      inviteEmail: (text, { inviteName }) =>
        text.trim() === '' && inviteName.trim() === '' ? null : address(text),
    },
  })
  useFieldErrors(form, add.error)
  const submit = (values: typeof form.values, claim = false) => {
    const { inviteName, inviteEmail, environment, template, ...rest } = values
    const email = inviteEmail.trim()
    const invite = email === '' ? null : { name: inviteName.trim() || email, email, send: 'show' as const }
    add.mutate({
      body: {
        ...rest,
        ...(claim ? { claim } : {}),
        environment: environment === NONE ? null : (environment as Environment),
        template: template === NONE ? null : template,
        invite,
      },
    })
  }
  return (
    <form noValidate onSubmit={form.onSubmit((values) => submit(values), focusFirstWrong)}>
      <Panel title={t('addOrganization.addAnOrganisation')} flush>
        <FormSection title={t('system.organisation')}>
          <div className={stack.pair}>
            <TextInput
              label={t('addOrganization.organisationName')}
              data-autofocus
              {...form.getInputProps('name')}
            />
            <TextInput label={t('addOrganization.primaryDomain')} {...form.getInputProps('primaryDomain')} />
          </div>
          <div className={stack.pair}>
            <Select
              label={t('system.environment')}
              allowDeselect={false}
              data={[
                { value: NONE, label: t('addOrganization.proposeIt') },
                ...environments.map((value) => ({ value, label: environmentWord(value) })),
              ]}
              {...form.getInputProps('environment')}
            />
            <Select
              label={t('addOrganization.template')}
              allowDeselect={false}
              data={[
                { value: NONE, label: t('addOrganization.none') },
                ...(templates?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
              ]}
              {...form.getInputProps('template')}
            />
          </div>
          <Proposal domain={form.values.primaryDomain} />
        </FormSection>
        <FormSection
          title={t('addOrganization.itsAdministrator')}
          line={t('addOrganization.getsALinkToSetAPassword')}
        >
          <div className={stack.pair}>
            <TextInput
              label={t('addOrganization.administratorsName')}
              {...form.getInputProps('inviteName')}
            />
            <TextInput
              label={t('addOrganization.administratorsAddress')}
              type="email"
              {...form.getInputProps('inviteEmail')}
            />
          </div>
        </FormSection>
        {(add.error || add.data) && (
          <PanelBody>
            {add.error && <ProblemNote error={add.error} focus />}
            {isProblem(add.error, 'domain-taken') && (
              <div className={stack.end}>
                <p className="tx2">{t('claims.offer')}</p>
                <Button variant="default" loading={add.isPending} onClick={() => submit(form.values, true)}>
                  {t('claims.claim')}
                </Button>
              </div>
            )}
            {add.data && <Added added={add.data} />}
          </PanelBody>
        )}
        <PanelFoot>
          <Button variant="default" onClick={onClose}>
            {t('system.close')}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {t('system.addOrganisation')}
          </Button>
        </PanelFoot>
      </Panel>
    </form>
  )
}

function Proposal({ domain }: { readonly domain: string }) {
  const t = useWords('system')
  const environmentWord = useEnvironmentWord()
  const [asked] = useDebouncedValue(domain.trim(), TYPING_MS)
  const { data } = useEndpoint(
    proposeForDomain,
    { query: { domain: asked } },
    { enabled: domainName(asked) === null, staleTime: 60_000 },
  )
  if (!data) return null
  const seen = data.evidence
    .filter(({ state }) => state === 'found')
    .map(({ record, value }) => `${record} ${value}`)
  return (
    <p className="small tx2" role="status">
      {data.environment === null
        ? t('addOrganization.recordsSilent', { domain: data.domain })
        : t('addOrganization.recordsSay', {
            domain: data.domain,
            environment: environmentWord(data.environment),
          })}
      {seen.length > 0 && `: ${seen.join('; ')}`}.
    </p>
  )
}

type AddedOutput = z.output<(typeof addOrganization)['output']>

function Added({ added }: { readonly added: AddedOutput }) {
  const environmentWord = useEnvironmentWord()
  const t = useWords('system')
  const { tenant, environmentFrom, invitation, left } = added
  return (
    <div className={stack.stack}>
      <Note
        tone={left.length > 0 ? 'warn' : 'ok'}
        role="status"
        title={t('addOrganization.added', { name: tenant.name })}
      >
        <p>
          {environmentWord(tenant.environment)}, {sourcesOf(t)[environmentFrom]}.{' '}
          <Link to="/t/$slug/connect" params={{ slug: tenant.slug }}>
            {t('addOrganization.openItsConnect')}
          </Link>
        </p>
        {left.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </Note>
      {invitation !== null && (
        <SecretNote
          title={t('addOrganization.theInvitation')}
          value={invitation}
          copy={t('addOrganization.copyInvitation')}
        >
          {t('addOrganization.handItToTheAdministratorIt')}
        </SecretNote>
      )}
    </div>
  )
}
