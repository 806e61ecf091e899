// V1: one application at Microsoft for all organisations: registered once by the operator, consented by each
// organisation with a link.

import { entraPermissions } from '@gatepost/contract/directory-entra.ts'
import {
  getProviderApp,
  type ProviderApp,
  removeProviderApp,
  setProviderApp,
} from '@gatepost/contract/provider-app.ts'
import { Button, NativeSelect, PasswordInput, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { FormSection } from '#shared/form-section.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { FullTime } from '#shared/time.tsx'
import { focusFirstWrong, useFieldErrors } from '#shared/validation.ts'

const cloudsOf = (t: Words) => [
  { value: 'global', label: t('entraApp.microsoft365Worldwide') },
  { value: 'us-government', label: t('entraApp.usGovernmentGccHigh') },
  { value: 'us-dod', label: t('entraApp.usDepartmentOfDefense') },
  { value: 'china', label: t('entraApp.china21vianet') },
]

export function EntraAppPage() {
  const t = useWords('system')
  const may = useMay('system:write')
  const { data, error } = useEndpoint(getProviderApp, {})
  return (
    <Page title={t('entraApp.microsoftApplication')} lead={t('entraApp.oneApplicationOfYoursFor')}>
      {error && !data && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows />}
      {data && (
        <div className={stack.detail}>
          <Panel title={t('entraApp.application')} flush>
            <AppForm key={data.app?.secretSetAt ?? 0} data={data} may={may} />
          </Panel>
          <div className={stack.stack}>
            <Register redirectUri={data.redirectUri} />
            <Panel title={t('entraApp.consents')}>
              <p>
                {data.consents === 0
                  ? t('entraApp.noOrganisationHasConsented')
                  : t('entraApp.organisationsConsented', { count: data.consents })}
              </p>
            </Panel>
          </div>
        </div>
      )}
    </Page>
  )
}

function Register({ redirectUri }: { readonly redirectUri: string }) {
  const t = useWords('system')
  return (
    <Panel title={t('entraApp.registerItOnce')}>
      <ol className={stack.stack}>
        <li>
          {rich(t, 'entraApp.entraAdminCentreApp', {
            b: <b>{t('entraApp.newRegistration')}</b>,
            b2: <b>{t('entraApp.any')}</b>,
          })}
        </li>
        <li>
          {rich(t, 'entraApp.redirectUriOfThePlatform', {
            b: <b>{t('entraApp.web')}</b>,
            code: <code>{redirectUri}</code>,
          })}
          <CopyButton value={redirectUri} label={t('entraApp.copyRedirectUri')} />
        </li>
        <li>
          {rich(t, 'entraApp.apiPermissionsMicrosoft', {
            b: <b>{t('entraApp.application2')}</b>,
            value: entraPermissions.map(({ name }) => name).join(', '),
          })}
        </li>
        <li>{t('entraApp.certificatesSecretsA')}</li>
      </ol>
    </Panel>
  )
}

type Cloud = NonNullable<ProviderApp['app']>['cloud']
type Credential = NonNullable<ProviderApp['app']>['credential']

function AppForm({ data, may }: { readonly data: ProviderApp; readonly may: boolean }) {
  const t = useWords('system')
  const { app, consents } = data
  const save = useAction(setProviderApp, {
    readAgain: [getProviderApp],
    said: () => ({ text: t('entraApp.theApplicationIsSaved') }),
  })
  const form = useForm({
    initialValues: {
      clientId: app?.clientId ?? '',
      cloud: (app?.cloud ?? 'global') as string,
      credential: (app?.credential ?? 'secret') as string,
      secret: '',
      ends: app?.secretExpiresAt ? new Date(app.secretExpiresAt).toISOString().slice(0, 10) : '',
    },
    validate: {
      clientId: (text) =>
        /^[0-9a-f-]{36}$/i.test(text.trim()) ? null : t('entraApp.copyApplicationClientId'),
      secret: (text) => (text === '' && app === null ? t('entraApp.pasteTheValueOfTheSecret') : null),
    },
  })
  useFieldErrors(form, save.error)
  const { clientId, credential } = form.values
  const endsConsents = app !== null && consents > 0 && clientId.trim().toLowerCase() !== app.clientId
  const submit = form.onSubmit((values) => {
    const ends = Date.parse(`${values.ends}T00:00:00Z`)
    save.mutate({
      body: {
        clientId: values.clientId.trim(),
        cloud: values.cloud as Cloud,
        credential: values.credential as Credential,
        secretExpiresAt: Number.isNaN(ends) ? null : ends,
        ...(values.secret === '' ? {} : { secret: values.secret }),
      },
    })
  }, focusFirstWrong)
  return (
    <form noValidate onSubmit={submit}>
      {app && (
        <PanelBody>
          <Facts
            rows={[
              [t('entraApp.secret'), rich(t, 'entraApp.setOn', { time: <FullTime at={app.secretSetAt} /> })],
              ...(app.secretExpiresAt === null
                ? []
                : ([[t('entraApp.ends'), <FullTime key="ends" at={app.secretExpiresAt} />]] as const)),
            ]}
          />
        </PanelBody>
      )}
      <FormSection title={t('entraApp.signIn')} line={t('entraApp.sealedHereLentToConnectors')}>
        <TextInput
          label={t('entraApp.applicationClientId')}
          placeholder="00000000-0000-0000-0000-000000000000"
          autoComplete="off"
          spellCheck={false}
          disabled={!may}
          {...form.getInputProps('clientId')}
        />
        <NativeSelect
          label={t('entraApp.cloud')}
          data={cloudsOf(t)}
          disabled={!may}
          {...form.getInputProps('cloud')}
        />
        <SegmentedControl
          aria-label={t('entraApp.howTheApplicationSignsIn')}
          data={[
            { value: 'secret', label: t('entraApp.clientSecret') },
            { value: 'certificate', label: t('entraApp.certificate') },
          ]}
          disabled={!may}
          {...form.getInputProps('credential')}
        />
        {credential === 'secret' ? (
          <>
            <PasswordInput
              label={t('entraApp.clientSecretColumnValue')}
              description={app === null ? undefined : t('entraApp.emptyKeepsTheOneThatIsSet')}
              autoComplete="off"
              disabled={!may}
              visibilityToggleButtonProps={{ 'aria-label': t('entraApp.showTheSecret') }}
              {...form.getInputProps('secret')}
            />
            <TextInput
              type="date"
              label={t('entraApp.theSecretEndsOn')}
              disabled={!may}
              {...form.getInputProps('ends')}
            />
          </>
        ) : (
          <Textarea
            label={t('entraApp.certificateAndPrivateKey')}
            autosize
            minRows={4}
            maxRows={8}
            spellCheck={false}
            disabled={!may}
            {...form.getInputProps('secret')}
          />
        )}
        {endsConsents && <p className="small">{t('entraApp.anotherApplicationEnds', { count: consents })}</p>}
        {save.error && <ProblemNote error={save.error} focus />}
        {may && (
          <div className={stack.row}>
            <Button type="submit" loading={save.isPending}>
              {t('system.save')}
            </Button>
            {app && <Remove consents={consents} />}
          </div>
        )}
      </FormSection>
    </form>
  )
}

function Remove({ consents }: { readonly consents: number }) {
  const t = useWords('system')
  const confirm = useConfirm()
  const remove = useAction(removeProviderApp, {
    readAgain: [getProviderApp],
    said: () => ({ text: t('entraApp.theApplicationIsRemoved') }),
  })
  return (
    <Button
      variant="default"
      loading={remove.isPending}
      onClick={async () => {
        const agreed = await confirm({
          title: t('entraApp.directoriesThatUseThe'),
          body: t('entraApp.itsSecretAndConsentsGo', { count: consents }),
          act: t('entraApp.removeApplication'),
        })
        if (agreed) remove.mutate({})
      }}
    >
      {t('system.remove')}
    </Button>
  )
}
