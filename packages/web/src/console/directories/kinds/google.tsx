// Google Workspace in the form of a connector (D5): the service account, and the exact client id and scopes
// that domain-wide delegation asks for.

import { type GoogleSettings, googleClientIdOf, googleScopes } from '@gatepost/contract/directory-google.ts'
import { Textarea, TextInput } from '@mantine/core'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { Note } from '#shared/note.tsx'
import { SecretHint } from '../secret-hint.tsx'
import type { DirectoryValues, KindFieldsProps, KindForm } from './kind-form.ts'
import classes from './kinds.module.css'
import { Value } from './value.tsx'

export const googleForm: KindForm = {
  kind: 'google',

  usualIn: ['google-workspace'],
  notIn: ['on-premises', 'hybrid', 'microsoft-365'],
  defaultName: 'Google Workspace',
  looksUp: true,
  blank: (): GoogleSettings => ({ kind: 'google', adminEmail: '', customer: 'my_customer' }),
  check,
  Prerequisites: GooglePrerequisites,
  Fields: GoogleFields,
}

function check(
  { settings, secret }: DirectoryValues,
  isNew: boolean,
  t: Words,
): Readonly<Record<string, string>> {
  if (settings.kind !== 'google') return {}
  const errors: Record<string, string> = {}
  if (!/^[^@\s]+@[^@\s]+$/.test(settings.adminEmail.trim()))
    errors['settings.adminEmail'] = t('google.writeAdmin')
  if (isNew && secret === '') errors.secret = t('google.paste')
  if (secret !== '' && googleClientIdOf(secret) === null) errors.secret = t('google.pasteWhole')
  return errors
}

function GoogleFields({ form, secretSetAt }: KindFieldsProps) {
  const t = useWords('directories')
  const { settings, secret } = form.values
  if (settings.kind !== 'google') return null
  const clientId = googleClientIdOf(secret)
  return (
    <div className={classes.fields}>
      <Textarea
        label={t('google.key')}
        description={<SecretHint setAt={secretSetAt} />}
        placeholder={'{\n  "type": "service_account", …'}
        autosize
        minRows={4}
        maxRows={8}
        spellCheck={false}
        {...form.getInputProps('secret')}
      />
      {clientId !== null && <Delegation clientId={clientId} />}
      <TextInput
        label={t('google.admin')}
        description={t('google.adminMeans')}
        placeholder="directory-reader@acme.example"
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('settings.adminEmail')}
      />
      <TextInput
        label={t('google.customer')}
        description={t('google.customerMeans')}
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('settings.customer')}
      />
    </div>
  )
}

/** What is pasted into the Admin console, exactly. */
function Delegation({ clientId }: { readonly clientId: string }) {
  const t = useWords('directories')
  return (
    <Note tone="info" role="status" title={t('google.delegation')}>
      <ul className={classes.values}>
        <li>
          <Value value={clientId} copy={t('google.copyId')} note={t('google.id')} />
        </li>
        <li>
          <Value value={googleScopes.join(',')} copy={t('google.copyScopes')} note={t('google.scopes')} />
        </li>
      </ul>
    </Note>
  )
}

function GooglePrerequisites() {
  const t = useWords('directories')
  return (
    <ol className={classes.steps}>
      <li>{rich(t, 'google.enable', { api: <b>Admin SDK API</b> })}</li>
      <li>{rich(t, 'google.create', { act: <b>{t('google.createAct')}</b>, kind: <b>JSON</b> })}</li>
      <li>{rich(t, 'google.delegate', { act: <b>{t('google.delegateAct')}</b> })}</li>
      <li>{rich(t, 'google.role', { read: <b>{t('google.readAct')}</b> })}</li>
    </ol>
  )
}
