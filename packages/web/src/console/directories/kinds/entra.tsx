// Entra ID in the form of a connector (D4): what to grant in the portal, the app's values, and a secret whose
// id is recognised before it is sent.

import type { ConnectorSettings } from '@gatepost/contract/directory.ts'
import { type EntraSettings, entraPermissions, isSecretId } from '@gatepost/contract/directory-entra.ts'
import { Checkbox, NativeSelect, PasswordInput, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { Note } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { ConsentChoice } from '../consent-choice.tsx'
import { SecretHint } from '../secret-hint.tsx'
import type { DirectoryValues, KindFieldsProps, KindForm } from './kind-form.ts'
import classes from './kinds.module.css'
import { Value } from './value.tsx'

const clouds = [
  { value: 'global', label: 'Microsoft 365 worldwide' },
  { value: 'us-government', label: 'US Government (GCC High)' },
  { value: 'us-dod', label: 'US Department of Defense' },
  { value: 'china', label: 'China (21Vianet)' },
]

export const entraForm: KindForm = {
  kind: 'entra',
  label: 'Entra ID',
  means: 'Microsoft 365, read by Microsoft Graph',
  usualIn: ['microsoft-365', 'hybrid'],
  notIn: ['google-workspace'],
  defaultName: 'Entra ID',
  looksUp: true,
  blank: (): EntraSettings => ({
    kind: 'entra',
    app: 'own',
    tenantDomain: '',
    clientId: '',
    cloud: 'global',
    credential: 'secret',
    secretExpiresAt: null,
    guests: false,
  }),
  check,
  Prerequisites: EntraPrerequisites,
  Fields: EntraFields,
  Notice: ({ settings }) => (settings.kind === 'entra' ? <Ending at={settings.secretExpiresAt} /> : null),
}

function check({ settings, secret }: DirectoryValues, isNew: boolean): Readonly<Record<string, string>> {
  if (settings.kind !== 'entra') return {}
  // With the operator's application there is nothing to type.
  if (settings.app === 'provider') return {}
  const errors: Record<string, string> = {}
  if (settings.tenantDomain.trim() === '') errors['settings.tenantDomain'] = 'Copy the id from the overview'
  if (!isSecretId(settings.clientId))
    errors['settings.clientId'] = 'Copy “Application (client) ID”: it looks like 00000000-0000-…'
  if (isNew && secret === '') errors.secret = 'Paste the value of the secret, or the certificate with its key'
  if (settings.credential === 'secret' && isSecretId(secret))
    errors.secret = 'This is the ID of the secret. Paste the column “Value”'
  return errors
}

/** What to do in the portal before the fields can be filled. */
function EntraPrerequisites({ settings }: { readonly settings: ConnectorSettings }) {
  if (settings.kind === 'entra' && settings.app === 'provider')
    return (
      <p className="tx2">One click by an administrator at Microsoft, below. Nothing is to be registered.</p>
    )
  return (
    <ol className={classes.steps}>
      <li>
        In the Entra admin centre (entra.microsoft.com): Identity › Applications › App registrations ›{' '}
        <b>New registration</b>. Name it “Gatepost”, leave the rest.
      </li>
      <li>
        Its page <b>API permissions</b> › Add a permission › Microsoft Graph › <b>Application permissions</b>{' '}
        (not delegated). Tick:
        <ul className={classes.values}>
          {entraPermissions.map(({ name, means, needed }) => (
            <li key={name}>
              <Value value={name} what={name} note={`${needed ? 'needed' : 'optional'}: ${means}`} />
            </li>
          ))}
        </ul>
      </li>
      <li>
        On the same page choose <b>Grant admin consent</b>. Each line then shows a green tick.
      </li>
      <li>
        <b>Certificates & secrets</b> › New client secret. Copy the column <b>Value</b> at once: it is shown
        only now. The column “Secret ID” is not the secret.
      </li>
      <li>
        From <b>Overview</b> copy “Application (client) ID” and “Directory (tenant) ID” into the fields below.
      </li>
    </ol>
  )
}

function EntraFields({ form, secretSetAt }: KindFieldsProps) {
  const { settings } = form.values
  if (settings.kind !== 'entra') return null
  return (
    <div className={classes.fields}>
      <ConsentChoice form={form} />
      {settings.app === 'provider' ? null : <OwnApp form={form} secretSetAt={secretSetAt} />}
      <Checkbox
        label="Read guests, too"
        description="Guests are people of other organisations. Their addresses are seldom in your domains."
        {...form.getInputProps('settings.guests', { type: 'checkbox' })}
      />
    </div>
  )
}

/** An application of the organisation's own. */
function OwnApp({ form, secretSetAt }: KindFieldsProps) {
  return (
    <>
      <TextInput
        label="Directory (tenant) ID"
        description="The id from the overview, or a domain such as acme.onmicrosoft.com."
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('settings.tenantDomain')}
      />
      <TextInput
        label="Application (client) ID"
        description="From the same page. Not the object id."
        placeholder="00000000-0000-0000-0000-000000000000"
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('settings.clientId')}
      />
      <NativeSelect label="Cloud" data={clouds} {...form.getInputProps('settings.cloud')} />
      <Credential form={form} secretSetAt={secretSetAt} />
    </>
  )
}

function Credential({ form, secretSetAt }: KindFieldsProps) {
  const { settings } = form.values
  if (settings.kind !== 'entra') return null
  const byCertificate = settings.credential === 'certificate'
  return (
    <>
      <SegmentedControl
        aria-label="How the app signs in"
        data={[
          { value: 'secret', label: 'Client secret' },
          { value: 'certificate', label: 'Certificate' },
        ]}
        value={settings.credential}
        onChange={(value) => form.setFieldValue('settings.credential', value as EntraSettings['credential'])}
      />
      {byCertificate ? (
        <CertificateField form={form} secretSetAt={secretSetAt} />
      ) : (
        <SecretField form={form} secretSetAt={secretSetAt} />
      )}
    </>
  )
}

function SecretField({ form, secretSetAt }: KindFieldsProps) {
  const { settings, secret } = form.values
  if (settings.kind !== 'entra') return null
  const isId = isSecretId(secret)
  return (
    <>
      <PasswordInput
        label="Client secret, column “Value”"
        description={<SecretHint setAt={secretSetAt} />}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }}
        {...form.getInputProps('secret')}
      />
      {isId && (
        <Note tone="warn" role="status" title="This is the ID of the secret, not the secret">
          <p>
            Copy the column “Value”. It is shown only right after a secret was made: if it is hidden now, make
            a new secret.
          </p>
        </Note>
      )}
      <TextInput
        type="date"
        label="The secret ends on"
        description="Column “Expires”. We warn 30 days before; without a date only if the app has Application.Read.All."
        value={dayOf(settings.secretExpiresAt)}
        onChange={(event) =>
          form.setFieldValue('settings.secretExpiresAt', timeOf(event.currentTarget.value))
        }
      />
      <Ending at={settings.secretExpiresAt} />
    </>
  )
}

function CertificateField({ form, secretSetAt }: KindFieldsProps) {
  return (
    <>
      <Textarea
        label="Certificate and private key, PEM"
        description={<SecretHint setAt={secretSetAt} />}
        placeholder={'-----BEGIN PRIVATE KEY-----\n…\n-----BEGIN CERTIFICATE-----'}
        autosize
        minRows={4}
        maxRows={8}
        spellCheck={false}
        {...form.getInputProps('secret')}
      />
      <Note tone="info" title="To make one">
        <p>Upload certificate.pem in Certificates & secrets › Certificates, and paste both files here.</p>
        <Value value={MAKE_CERTIFICATE} what="openssl command" />
      </Note>
    </>
  )
}

const MAKE_CERTIFICATE =
  'openssl req -x509 -newkey rsa:2048 -nodes -days 730 -subj /CN=gatepost -keyout key.pem -out certificate.pem'

const DAY_MS = 86_400_000
const WARNING_DAYS = 30

function Ending({ at }: { readonly at: number | null }) {
  const now = useNow()
  const days = at === null ? null : Math.ceil((at - now) / DAY_MS)
  if (days === null || days > WARNING_DAYS) return null
  const title =
    days <= 0 ? 'The secret has ended' : `The secret ends in ${days} ${days === 1 ? 'day' : 'days'}`
  return (
    <Note tone={days <= 0 ? 'bad' : 'warn'} title={title}>
      <p>
        Make the next one in Certificates & secrets now and enter its value here; both work until the old one
        ends.
      </p>
    </Note>
  )
}

const dayOf = (at: number | null) => (at === null ? '' : new Date(at).toISOString().slice(0, 10))

function timeOf(day: string): number | null {
  const at = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(at) ? null : at
}
