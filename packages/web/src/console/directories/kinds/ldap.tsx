// LDAP: Active Directory and OpenLDAP, as a form with what must be true at the directory before.

import type { LdapSettings } from '@gatepost/contract/directory-ldap.ts'
import { NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core'
import { useWords, type Words } from '#i18n/i18n.ts'
import { Fold } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { SecretHint } from '../secret-hint.tsx'
import type { DirectoryValues, KindFieldsProps, KindForm } from './kind-form.ts'

const ENCRYPTIONS = ['tls', 'start-tls', 'none'] as const
const CERTIFICATES = ['strict', 'pinned', 'relaxed'] as const

const USUAL_PORT = { tls: 636, 'start-tls': 389, none: 389 } as const

export const ldapForm: KindForm = {
  kind: 'ldap',

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

function check(
  { settings, secret }: DirectoryValues,
  isNew: boolean,
  t: Words,
): Readonly<Record<string, string>> {
  if (settings.kind !== 'ldap') return {}
  const errors: Record<string, string> = {}
  if (settings.host.trim() === '') errors['settings.host'] = t('ldap.writeServer')
  if (settings.userName.trim() === '') errors['settings.userName'] = t('ldap.writeAccount')
  if (isNew && secret === '') errors.secret = t('ldap.writePassword')
  return errors
}

function Prerequisites() {
  const t = useWords('directories')
  return (
    <ul>
      <li>{t('ldap.reach')}</li>
      <li>{t('ldap.bears')}</li>
      <li>{t('ldap.plain')}</li>
      <li>{t('ldap.never')}</li>
    </ul>
  )
}

function Fields({ form, secretSetAt }: KindFieldsProps) {
  const t = useWords('directories')
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
          label={t('ldap.server')}
          description={t('ldap.serverMeans')}
          placeholder="dc1.corp.example"
          {...form.getInputProps('settings.host')}
        />
        <TextInput
          label={t('ldap.port')}
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
          label={t('ldap.encryption')}
          description={t(`encryption.${settings.encryption}.means`)}
          data={ENCRYPTIONS.map((value) => ({ value, label: t(`encryption.${value}.name`) }))}
          value={settings.encryption}
          onChange={({ currentTarget }) =>
            changeEncryption(currentTarget.value as LdapSettings['encryption'])
          }
          error={form.errors['settings.encryption']}
        />
        <NativeSelect
          label={t('ldap.certificate')}
          description={t(`certificate.${settings.certificate}.means`)}
          disabled={settings.encryption === 'none'}
          data={CERTIFICATES.map((value) => ({ value, label: t(`certificate.${value}.name`) }))}
          {...form.getInputProps('settings.certificate')}
        />
      </div>
      <div className={stack.pair}>
        <TextInput
          label={t('ldap.account')}
          description={t('ldap.accountMeans')}
          placeholder="sync@corp.example"
          autoComplete="off"
          {...form.getInputProps('settings.userName')}
        />
        <PasswordInput
          label={t('ldap.password')}
          description={<SecretHint setAt={secretSetAt} />}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('ldap.showPassword') }}
          {...form.getInputProps('secret')}
        />
      </div>
      <TextInput
        label={t('ldap.base')}
        description={t('ldap.baseMeans')}
        placeholder="DC=corp,DC=example"
        {...form.getInputProps('settings.baseDn')}
      />
      <Fold title={t('ldap.more')}>
        <div className={stack.stack}>
          <div className={stack.pair}>
            <OptionalText
              form={form}
              field="alternateHost"
              label={t('ldap.alternate')}
              hint={t('ldap.alternateMeans')}
            />
            <OptionalText
              form={form}
              field="certificateName"
              label={t('ldap.certName')}
              hint={t('ldap.certNameMeans')}
            />
          </div>
          <OptionalText form={form} field="filter" label={t('ldap.filter')} hint={t('ldap.filterMeans')} />
          <Textarea
            label={t('ldap.authority')}
            description={t('ldap.authorityMeans')}
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
              label={t('ldap.fingerprint')}
              hint={t('ldap.fingerprintMeans')}
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
