// LDAP: Active Directory and OpenLDAP, as a form with what must be true at the directory before.
import type { LdapSettings } from '@gatepost/contract/directory-ldap.ts'
import { NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core'
import { Fold } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { SecretHint } from '../secret-hint.tsx'
import type { DirectoryValues, KindFieldsProps, KindForm } from './kind-form.ts'

const encryptionWords = {
  tls: 'TLS (port 636)',
  'start-tls': 'StartTLS (port 389)',
  none: 'None',
} as const

const certificateWords = {
  strict: 'Strict',
  pinned: 'Pinned',
  relaxed: 'Relaxed',
} as const

const certificateMeans = {
  strict: 'Issuer and name are checked',
  pinned: 'Only the one you confirm',
  relaxed: 'Any certificate is taken',
} as const

const encryptionMeans = {
  tls: 'From the first byte',
  'start-tls': 'After a plain hello',
  none: 'All travels in the clear',
} as const

const USUAL_PORT = { tls: 636, 'start-tls': 389, none: 389 } as const

export const ldapForm: KindForm = {
  kind: 'ldap',
  label: 'LDAP',
  means: 'Active Directory or OpenLDAP that this gateway can reach',
  usualIn: ['on-premises', 'hybrid'],
  notIn: ['google-workspace'],
  defaultName: 'Active Directory',
  looksUp: true,
  blank: (): LdapSettings => ({
    kind: 'ldap',
    host: '',
    alternateHost: null,
    port: 636,
    encryption: 'tls',
    certificate: 'strict',
    certificateName: null,
    fingerprint: null,
    authority: null,
    userName: '',
    baseDn: '',
    filter: null,
  }),
  check,
  Prerequisites,
  Fields,
}

function check({ settings, secret }: DirectoryValues, isNew: boolean): Readonly<Record<string, string>> {
  if (settings.kind !== 'ldap') return {}
  const errors: Record<string, string> = {}
  if (settings.host.trim() === '')
    errors['settings.host'] = 'Write the server’s name, such as dc1.corp.example'
  if (settings.userName.trim() === '')
    errors['settings.userName'] = 'Write the account’s name, such as sync@corp.example'
  if (isNew && secret === '') errors.secret = 'Write the account’s password'
  return errors
}

function Prerequisites() {
  return (
    <ul>
      <li>
        This gateway reaches a server of the directory: TCP port 636, or port 389 with StartTLS. If your
        firewall must stay closed, use the synchronisation agent; it needs outbound HTTPS only.
      </li>
      <li>
        The server’s certificate bears its name. If it comes from an authority of your own, have that as PEM
        text.
      </li>
      <li>
        An account that reads: in Active Directory a plain domain user, no mailbox, no special rights,
        password set to never expire and not to be changed at next logon.
      </li>
      <li>Passwords of people are never read. Disabled accounts may not sign in here; their mail goes on.</li>
    </ul>
  )
}

function Fields({ form, secretSetAt }: KindFieldsProps) {
  const settings = form.values.settings as LdapSettings
  const changeEncryption = (encryption: LdapSettings['encryption']) => {
    const isUsual = settings.port === USUAL_PORT[settings.encryption]
    form.setFieldValue('settings.encryption', encryption)
    if (isUsual) form.setFieldValue('settings.port', USUAL_PORT[encryption])
  }
  return (
    <>
      <div className={stack.end}>
        <TextInput
          label="Server"
          description="A domain controller or LDAP server, by name or address"
          placeholder="dc1.corp.example"
          {...form.getInputProps('settings.host')}
        />
        <TextInput
          label="Port"
          inputMode="numeric"
          w={88}
          {...form.getInputProps('settings.port')}
          onChange={({ currentTarget }) =>
            form.setFieldValue('settings.port', Number(currentTarget.value.replace(/\D/g, '')))
          }
        />
      </div>
      <div className={stack.pair}>
        <NativeSelect
          label="Encryption"
          description={encryptionMeans[settings.encryption]}
          data={Object.entries(encryptionWords).map(([value, label]) => ({ value, label }))}
          value={settings.encryption}
          onChange={({ currentTarget }) =>
            changeEncryption(currentTarget.value as LdapSettings['encryption'])
          }
          error={form.errors['settings.encryption']}
        />
        <NativeSelect
          label="Certificate"
          description={certificateMeans[settings.certificate]}
          disabled={settings.encryption === 'none'}
          data={Object.entries(certificateWords).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('settings.certificate')}
        />
      </div>
      <div className={stack.pair}>
        <TextInput
          label="Account"
          description="Name or distinguished name"
          placeholder="sync@corp.example"
          autoComplete="off"
          {...form.getInputProps('settings.userName')}
        />
        <PasswordInput
          label="Password"
          description={<SecretHint setAt={secretSetAt} />}
          autoComplete="new-password"
          {...form.getInputProps('secret')}
        />
      </div>
      <TextInput
        label="Base DN"
        description="Everything below is read. Empty: the directory’s own root"
        placeholder="DC=corp,DC=example"
        {...form.getInputProps('settings.baseDn')}
      />
      <Fold title="More: alternate server, certificate details, filter">
        <div className={stack.stack}>
          <div className={stack.pair}>
            <OptionalText
              form={form}
              field="alternateHost"
              label="Alternate server"
              hint="Asked when the first is away"
            />
            <OptionalText
              form={form}
              field="certificateName"
              label="Name in the certificate"
              hint="When it is not the server’s name above"
            />
          </div>
          <OptionalText
            form={form}
            field="filter"
            label="Filter"
            hint="Narrows which people are read, in LDAP’s words: (memberOf=CN=Mail,OU=Groups,DC=corp,DC=example)"
          />
          <Textarea
            label="Certificate of your own authority"
            description="PEM text, when the server’s certificate comes from an authority of your own"
            autosize
            minRows={2}
            maxRows={6}
            {...form.getInputProps('settings.authority')}
            value={settings.authority ?? ''}
          />
          {settings.certificate === 'pinned' && (
            <OptionalText
              form={form}
              field="fingerprint"
              label="Fingerprint"
              hint="SHA-256. Run the tests to see it, then confirm it there"
            />
          )}
        </div>
      </Fold>
    </>
  )
}

type OptionalProps = {
  readonly form: KindFieldsProps['form']
  readonly field: 'alternateHost' | 'certificateName' | 'filter' | 'fingerprint'
  readonly label: string
  readonly hint: string
}

function OptionalText({ form, field, label, hint }: OptionalProps) {
  const settings = form.values.settings as LdapSettings
  return (
    <TextInput
      label={label}
      description={hint}
      {...form.getInputProps(`settings.${field}`)}
      value={settings[field] ?? ''}
    />
  )
}
