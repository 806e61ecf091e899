// Entra ID in the form of a connector (D4): what to grant in the portal, the app's values, and a secret whose
// id is recognised before it is sent.

import type { ConnectorSettings } from '@gatepost/contract/directory.ts'
import { type EntraSettings, entraPermissions, isSecretId } from '@gatepost/contract/directory-entra.ts'
import { Checkbox, NativeSelect, PasswordInput, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { Note } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { ConsentChoice } from '../consent-choice.tsx'
import { SecretHint } from '../secret-hint.tsx'
import type { DirectoryValues, KindFieldsProps, KindForm } from './kind-form.ts'
import classes from './kinds.module.css'
import { Value } from './value.tsx'

const CLOUDS = ['global', 'us-government', 'us-dod', 'china'] as const

export const entraForm: KindForm = {
  kind: 'entra',

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

function check(
  { settings, secret }: DirectoryValues,
  isNew: boolean,
  t: Words,
): Readonly<Record<string, string>> {
  if (settings.kind !== 'entra') return {}
  // With the operator's application there is nothing to type.
  if (settings.app === 'provider') return {}
  const errors: Record<string, string> = {}
  if (settings.tenantDomain.trim() === '') errors['settings.tenantDomain'] = t('entra.copyId')
  if (!isSecretId(settings.clientId)) errors['settings.clientId'] = t('entra.copyClient')
  if (isNew && secret === '') errors.secret = t('entra.paste')
  if (settings.credential === 'secret' && isSecretId(secret)) errors.secret = t('entra.isId')
  return errors
}

/** What to do in the portal before the fields can be filled. */
function EntraPrerequisites({ settings }: { readonly settings: ConnectorSettings }) {
  const t = useWords('directories')
  if (settings.kind === 'entra' && settings.app === 'provider')
    return <p className="tx2">{t('entra.oneClick')}</p>
  return (
    <ol className={classes.steps}>
      <li>{rich(t, 'entra.register', { act: <b>{t('entra.registerAct')}</b> })}</li>
      <li>
        {rich(t, 'entra.permissions', {
          page: <b>{t('entra.apiPermissions')}</b>,
          kind: <b>{t('entra.appPermissions')}</b>,
        })}
        <ul className={classes.values}>
          {entraPermissions.map(({ name, means, needed }) => (
            <li key={name}>
              <Value
                value={name}
                copy={t('entra.copyOne', { name })}
                note={t(needed ? 'entra.needed' : 'entra.optional', {
                  means: t(`entra.grants.${name.replaceAll('.', '-')}`, means),
                })}
              />
            </li>
          ))}
        </ul>
      </li>
      <li>{rich(t, 'entra.grant', { act: <b>{t('entra.grantAct')}</b> })}</li>
      <li>
        {rich(t, 'entra.newSecret', {
          page: <b>{t('entra.secretsPage')}</b>,
          column: <b>{t('entra.valueColumn')}</b>,
        })}
      </li>
      <li>{rich(t, 'entra.overview', { page: <b>{t('entra.overviewPage')}</b> })}</li>
    </ol>
  )
}

function EntraFields({ form, secretSetAt }: KindFieldsProps) {
  const t = useWords('directories')
  const { settings } = form.values
  if (settings.kind !== 'entra') return null
  return (
    <div className={classes.fields}>
      <ConsentChoice form={form} />
      {settings.app === 'provider' ? null : <OwnApp form={form} secretSetAt={secretSetAt} />}
      <Checkbox
        label={t('entra.guests')}
        description={t('entra.guestsMeans')}
        {...form.getInputProps('settings.guests', { type: 'checkbox' })}
      />
    </div>
  )
}

/** An application of the organisation's own. */
function OwnApp({ form, secretSetAt }: KindFieldsProps) {
  const t = useWords('directories')
  return (
    <>
      <TextInput
        label={t('entra.tenantId')}
        description={t('entra.tenantIdMeans')}
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('settings.tenantDomain')}
      />
      <TextInput
        label={t('entra.clientId')}
        description={t('entra.clientIdMeans')}
        placeholder="00000000-0000-0000-0000-000000000000"
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('settings.clientId')}
      />
      <NativeSelect
        label={t('entra.cloud')}
        data={CLOUDS.map((value) => ({ value, label: t(`cloud.${value}`) }))}
        {...form.getInputProps('settings.cloud')}
      />
      <Credential form={form} secretSetAt={secretSetAt} />
    </>
  )
}

function Credential({ form, secretSetAt }: KindFieldsProps) {
  const t = useWords('directories')
  const { settings } = form.values
  if (settings.kind !== 'entra') return null
  const byCertificate = settings.credential === 'certificate'
  return (
    <>
      <SegmentedControl
        aria-label={t('entra.how')}
        data={[
          { value: 'secret', label: t('entra.secret') },
          { value: 'certificate', label: t('entra.certificate') },
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
  const t = useWords('directories')
  const { settings, secret } = form.values
  if (settings.kind !== 'entra') return null
  const isId = isSecretId(secret)
  return (
    <>
      <PasswordInput
        label={t('entra.secretField')}
        description={<SecretHint setAt={secretSetAt} />}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': t('entra.show') }}
        {...form.getInputProps('secret')}
      />
      {isId && (
        <Note tone="warn" role="status" title={t('entra.isIdTitle')}>
          <p>{t('entra.isIdMeans')}</p>
        </Note>
      )}
      <TextInput
        type="date"
        label={t('entra.ends')}
        description={t('entra.endsMeans')}
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
  const t = useWords('directories')
  return (
    <>
      <Textarea
        label={t('entra.pem')}
        description={<SecretHint setAt={secretSetAt} />}
        placeholder={'-----BEGIN PRIVATE KEY-----\n…\n-----BEGIN CERTIFICATE-----'}
        autosize
        minRows={4}
        maxRows={8}
        spellCheck={false}
        {...form.getInputProps('secret')}
      />
      <Note tone="info" title={t('entra.make')}>
        <p>{t('entra.upload')}</p>
        <Value value={MAKE_CERTIFICATE} copy={t('entra.copyOpenssl')} />
      </Note>
    </>
  )
}

const MAKE_CERTIFICATE =
  'openssl req -x509 -newkey rsa:2048 -nodes -days 730 -subj /CN=gatepost -keyout key.pem -out certificate.pem'

const DAY_MS = 86_400_000
const WARNING_DAYS = 30

function Ending({ at }: { readonly at: number | null }) {
  const t = useWords('directories')
  const now = useNow()
  const days = at === null ? null : Math.ceil((at - now) / DAY_MS)
  if (days === null || days > WARNING_DAYS) return null
  const title = days <= 0 ? t('entra.ended') : t('entra.endsIn', { count: days })
  return (
    <Note tone={days <= 0 ? 'bad' : 'warn'} title={title}>
      <p>{t('entra.endsInMeans')}</p>
    </Note>
  )
}

const dayOf = (at: number | null) => (at === null ? '' : new Date(at).toISOString().slice(0, 10))

function timeOf(day: string): number | null {
  const at = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(at) ? null : at
}
