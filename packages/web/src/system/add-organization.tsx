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
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { environmentWords } from '#connect/step-words.ts'
import { environments } from '#console/organization-form.tsx'
import { FormSection } from '#shared/form-section.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import { SecretNote } from '#shared/secret-note.tsx'
import stack from '#shared/stack.module.css'
import { address, domainName, filled, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'

const NONE = ''
/** Typing rests for so long before DNS is asked. */
const TYPING_MS = 500

const sources = {
  input: 'as you chose',
  template: 'by the template',
  dns: 'by its DNS records',
  fallback: 'since its records do not tell; choose it in Connect',
} as const

export function AddOrganization({ onClose }: { readonly onClose: () => void }) {
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
      name: filled('Write the name of the organisation'),
      primaryDomain: domainName,
      inviteEmail: (text, { inviteName }) =>
        text.trim() === '' && inviteName.trim() === '' ? null : address(text),
    },
  })
  useFieldErrors(form, add.error)
  const submit = ({ inviteName, inviteEmail, environment, template, ...rest }: typeof form.values) => {
    const email = inviteEmail.trim()
    const invite = email === '' ? null : { name: inviteName.trim() || email, email, send: 'show' as const }
    add.mutate({
      body: {
        ...rest,
        environment: environment === NONE ? null : (environment as Environment),
        template: template === NONE ? null : template,
        invite,
      },
    })
  }
  return (
    <form noValidate onSubmit={form.onSubmit(submit, focusFirstWrong)}>
      <Panel title="Add an organisation" flush>
        <FormSection title="Organisation">
          <div className={stack.pair}>
            <TextInput label="Organisation name" data-autofocus {...form.getInputProps('name')} />
            <TextInput label="Primary domain" {...form.getInputProps('primaryDomain')} />
          </div>
          <div className={stack.pair}>
            <Select
              label="Environment"
              allowDeselect={false}
              data={[
                { value: NONE, label: 'Propose it' },
                ...environments.map(({ value }) => ({ value, label: environmentWords[value] })),
              ]}
              {...form.getInputProps('environment')}
            />
            <Select
              label="Template"
              allowDeselect={false}
              data={[
                { value: NONE, label: 'None' },
                ...(templates?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
              ]}
              {...form.getInputProps('template')}
            />
          </div>
          <Proposal domain={form.values.primaryDomain} />
        </FormSection>
        <FormSection
          title="Its administrator"
          line="Gets a link to set a password; leave empty to invite later."
        >
          <div className={stack.pair}>
            <TextInput label="Administrator’s name" {...form.getInputProps('inviteName')} />
            <TextInput label="Administrator’s address" type="email" {...form.getInputProps('inviteEmail')} />
          </div>
        </FormSection>
        {(add.error || add.data) && (
          <PanelBody>
            {add.error && <ProblemNote error={add.error} focus />}
            {add.data && <Added added={add.data} />}
          </PanelBody>
        )}
        <PanelFoot>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={add.isPending}>
            Add organisation
          </Button>
        </PanelFoot>
      </Panel>
    </form>
  )
}

function Proposal({ domain }: { readonly domain: string }) {
  const [asked] = useDebouncedValue(domain.trim(), TYPING_MS)
  const { data } = useEndpoint(
    proposeForDomain,
    { query: { domain: asked } },
    { enabled: domainName(asked) === null, staleTime: 60_000 },
  )
  if (!data) return null
  const found = data.environment === null ? 'do not tell' : `say ${environmentWords[data.environment]}`
  const seen = data.evidence
    .filter(({ state }) => state === 'found')
    .map(({ record, value }) => `${record} ${value}`)
  return (
    <p className="small tx2" role="status">
      The records of {data.domain} {found}
      {seen.length > 0 && `: ${seen.join('; ')}`}.
    </p>
  )
}

type AddedOutput = z.output<(typeof addOrganization)['output']>

function Added({ added }: { readonly added: AddedOutput }) {
  const { tenant, environmentFrom, invitation, left } = added
  return (
    <div className={stack.stack}>
      <Note tone={left.length > 0 ? 'warn' : 'ok'} role="status" title={`Added ${tenant.name}`}>
        <p>
          {environmentWords[tenant.environment]}, {sources[environmentFrom]}.{' '}
          <Link to="/t/$slug/connect" params={{ slug: tenant.slug }}>
            Open its Connect
          </Link>
        </p>
        {left.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </Note>
      {invitation !== null && (
        <SecretNote title="The invitation" value={invitation} copy="Copy invitation">
          Hand it to the administrator: it works once, for seven days, and is shown this once.
        </SecretNote>
      )}
    </div>
  )
}
