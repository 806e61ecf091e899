// Google Workspace in the form of a connector (D5): the service account, and the exact client id and scopes
// that domain-wide delegation asks for.
import { type GoogleSettings, googleClientIdOf, googleScopes } from '@gatepost/contract/directory-google.ts'
import { Textarea, TextInput } from '@mantine/core'
import { Note } from '#shared/note.tsx'
import { SecretHint } from '../secret-hint.tsx'
import type { DirectoryValues, KindFieldsProps, KindForm } from './kind-form.ts'
import classes from './kinds.module.css'
import { Value } from './value.tsx'

export const googleForm: KindForm = {
  kind: 'google',
  label: 'Google Workspace',
  means: 'Read by the Admin SDK with a service account',
  usualIn: ['google-workspace'],
  notIn: ['on-premises', 'hybrid', 'microsoft-365'],
  defaultName: 'Google Workspace',
  looksUp: true,
  blank: (): GoogleSettings => ({ kind: 'google', adminEmail: '', customer: 'my_customer' }),
  check,
  Prerequisites: GooglePrerequisites,
  Fields: GoogleFields,
}

function check({ settings, secret }: DirectoryValues, isNew: boolean): Readonly<Record<string, string>> {
  if (settings.kind !== 'google') return {}
  const errors: Record<string, string> = {}
  if (!/^[^@\s]+@[^@\s]+$/.test(settings.adminEmail.trim()))
    errors['settings.adminEmail'] = 'Write the address of an administrator'
  if (isNew && secret === '') errors.secret = 'Paste the key file'
  if (secret !== '' && googleClientIdOf(secret) === null)
    errors.secret = 'Paste the whole JSON file of a service account’s key'
  return errors
}

function GoogleFields({ form, secretSetAt }: KindFieldsProps) {
  const { settings, secret } = form.values
  if (settings.kind !== 'google') return null
  const clientId = googleClientIdOf(secret)
  return (
    <div className={classes.fields}>
      <Textarea
        label="Key of the service account, JSON"
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
        label="Administrator"
        description="The service account reads in this person’s name. A role that may read users, groups and units is enough."
        placeholder="directory-reader@acme.example"
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('settings.adminEmail')}
      />
      <TextInput
        label="Customer"
        description="my_customer is the administrator’s own Workspace."
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('settings.customer')}
      />
    </div>
  )
}

/** What is pasted into the Admin console, exactly. */
function Delegation({ clientId }: { readonly clientId: string }) {
  return (
    <Note tone="info" role="status" title="For Manage domain-wide delegation › Add new">
      <ul className={classes.values}>
        <li>
          <Value value={clientId} what="client ID" note="client ID" />
        </li>
        <li>
          <Value value={googleScopes.join(',')} what="scopes" note="OAuth scopes, in one line" />
        </li>
      </ul>
    </Note>
  )
}

function GooglePrerequisites() {
  return (
    <ol className={classes.steps}>
      <li>
        console.cloud.google.com › APIs & Services › Library: find <b>Admin SDK API</b> and choose Enable.
      </li>
      <li>
        IAM & Admin › Service accounts › <b>Create service account</b>, without any role. Then Keys › Add key
        › Create new key › <b>JSON</b>, and paste the file below.
      </li>
      <li>
        admin.google.com › Security › Access and data control › API controls ›{' '}
        <b>Manage domain-wide delegation</b> › Add new. The client ID and the scopes to paste appear below
        with the key.
      </li>
      <li>
        Account › Admin roles: a role that may <b>read</b> Organisational units, Users and Groups, given to
        the administrator named below. It takes effect within minutes, at times a day.
      </li>
    </ol>
  )
}
