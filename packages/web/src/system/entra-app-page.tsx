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
import { useConfirm } from '#shared/confirm.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { FormSection } from '#shared/form-section.tsx'
import { plural } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { FullTime } from '#shared/time.tsx'
import { focusFirstWrong, useFieldErrors } from '#shared/validation.ts'

const CLOUDS = [
  { value: 'global', label: 'Microsoft 365 worldwide' },
  { value: 'us-government', label: 'US Government (GCC High)' },
  { value: 'us-dod', label: 'US Department of Defense' },
  { value: 'china', label: 'China (21Vianet)' },
]

export function EntraAppPage() {
  const may = useMay('system:write')
  const { data, error } = useEndpoint(getProviderApp, {})
  return (
    <Page
      title="Microsoft application"
      lead="One application of yours for all organisations; each consents by a link. A consent serves whoever gave it, and nobody else."
    >
      {error && !data && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows />}
      {data && (
        <div className={stack.detail}>
          <Panel title="Application" flush>
            <AppForm key={data.app?.secretSetAt ?? 0} data={data} may={may} />
          </Panel>
          <div className={stack.stack}>
            <Register redirectUri={data.redirectUri} />
            <Panel title="Consents">
              <p>
                {data.consents === 0
                  ? 'No organisation has consented yet. Its administrators find the link under Directories, Add directory, Entra ID.'
                  : `${plural(data.consents, 'organisation')} consented.`}
              </p>
            </Panel>
          </div>
        </div>
      )}
    </Page>
  )
}

function Register({ redirectUri }: { readonly redirectUri: string }) {
  return (
    <Panel title="Register it once">
      <ol className={stack.stack}>
        <li>
          Entra admin centre, App registrations, <b>New registration</b>: accounts in <b>any</b>{' '}
          organisational directory.
        </li>
        <li>
          Redirect URI of the platform <b>Web</b>: <code>{redirectUri}</code>{' '}
          <CopyButton value={redirectUri} label="Copy redirect URI" />
        </li>
        <li>
          API permissions, Microsoft Graph, <b>application</b> permissions:{' '}
          {entraPermissions.map(({ name }) => name).join(', ')}. For contacts out of sent mail besides
          Mail.ReadBasic.All.
        </li>
        <li>Certificates & secrets: a secret’s value, or a certificate.</li>
      </ol>
    </Panel>
  )
}

type Cloud = NonNullable<ProviderApp['app']>['cloud']
type Credential = NonNullable<ProviderApp['app']>['credential']

function AppForm({ data, may }: { readonly data: ProviderApp; readonly may: boolean }) {
  const { app, consents } = data
  const save = useAction(setProviderApp, {
    readAgain: [getProviderApp],
    said: () => ({ text: 'The application is saved.' }),
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
      clientId: (text) => (/^[0-9a-f-]{36}$/i.test(text.trim()) ? null : 'Copy “Application (client) ID”'),
      secret: (text) => (text === '' && app === null ? 'Paste the value of the secret' : null),
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
              [
                'Secret',
                <>
                  set on <FullTime at={app.secretSetAt} />
                </>,
              ],
              ...(app.secretExpiresAt === null
                ? []
                : ([['Ends', <FullTime key="ends" at={app.secretExpiresAt} />]] as const)),
            ]}
          />
        </PanelBody>
      )}
      <FormSection title="Sign-in" line="Sealed here, lent to connectors of organisations that consented.">
        <TextInput
          label="Application (client) ID"
          placeholder="00000000-0000-0000-0000-000000000000"
          autoComplete="off"
          spellCheck={false}
          disabled={!may}
          {...form.getInputProps('clientId')}
        />
        <NativeSelect label="Cloud" data={CLOUDS} disabled={!may} {...form.getInputProps('cloud')} />
        <SegmentedControl
          aria-label="How the application signs in"
          data={[
            { value: 'secret', label: 'Client secret' },
            { value: 'certificate', label: 'Certificate' },
          ]}
          disabled={!may}
          {...form.getInputProps('credential')}
        />
        {credential === 'secret' ? (
          <>
            <PasswordInput
              label="Client secret, column “Value”"
              description={app === null ? undefined : 'Empty keeps the one that is set.'}
              autoComplete="off"
              disabled={!may}
              visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }}
              {...form.getInputProps('secret')}
            />
            <TextInput
              type="date"
              label="The secret ends on"
              disabled={!may}
              {...form.getInputProps('ends')}
            />
          </>
        ) : (
          <Textarea
            label="Certificate and private key, PEM"
            autosize
            minRows={4}
            maxRows={8}
            spellCheck={false}
            disabled={!may}
            {...form.getInputProps('secret')}
          />
        )}
        {endsConsents && (
          <p className="small">
            Another application ends {plural(consents, 'consent')}: they were given to this one.
          </p>
        )}
        {save.error && <ProblemNote error={save.error} focus />}
        {may && (
          <div className={stack.row}>
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
            {app && <Remove consents={consents} />}
          </div>
        )}
      </FormSection>
    </form>
  )
}

function Remove({ consents }: { readonly consents: number }) {
  const confirm = useConfirm()
  const remove = useAction(removeProviderApp, {
    readAgain: [getProviderApp],
    said: () => ({ text: 'The application is removed.' }),
  })
  return (
    <Button
      variant="default"
      loading={remove.isPending}
      onClick={async () => {
        const agreed = await confirm({
          title: 'Directories that use the application stop being read',
          body: `Its secret and ${plural(consents, 'consent')} go. People stay as they are.`,
          act: 'Remove application',
        })
        if (agreed) remove.mutate({})
      }}
    >
      Remove
    </Button>
  )
}
