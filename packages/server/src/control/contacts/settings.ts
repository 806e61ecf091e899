// What a run is told, as it is kept: the request without its secret, checked, and in words for people.
import type { StartContacts } from '@gatepost/contract/contacts.ts'
import { invalidInput } from '../problem.ts'

type WithoutSecret<Start> = Start extends unknown ? Omit<Start, 'secret'> : never
export type ContactSettings = WithoutSecret<StartContacts>

/** Settings and secret apart. Throws `invalid-input` with what is missing. */
export function splitSecret(start: StartContacts): {
  readonly settings: ContactSettings
  readonly secret: string | null
} {
  const { secret = null, ...settings } = { secret: null, ...start }
  const missing = missingIn(start)
  if (missing.length > 0) throw invalidInput(missing)
  return { settings: settings as ContactSettings, secret }
}

function missingIn(start: StartContacts) {
  const need = (path: string, isThere: boolean, message: string) => (isThere ? [] : [{ path, message }])
  switch (start.source) {
    case 'gateway':
    case 'imap':
      return []
    case 'graph-trace':
    case 'graph-sent': {
      if (start.connectorId !== null) return []
      return [
        ...need('/tenantDomain', start.tenantDomain !== '', 'Name the tenant, such as acme.onmicrosoft.com.'),
        ...need('/clientId', start.clientId !== '', 'Copy the application (client) id.'),
        ...need('/secret', start.secret !== null, 'Paste the value of a client secret.'),
      ]
    }
    case 'gmail': {
      if (start.connectorId !== null) return []
      const hasWho = start.adminEmail !== '' || start.mailboxes.length > 0
      return [
        ...need('/adminEmail', hasWho, 'Name an administrator, who may list the users.'),
        ...need('/secret', start.secret !== null, 'Paste the service account’s key.'),
      ]
    }
  }
}

/** What is read, for people. */
export function targetOf(settings: ContactSettings): string {
  switch (settings.source) {
    case 'gateway':
      return 'This gateway’s outbound log'
    case 'graph-trace':
      return `Message trace of ${settings.tenantDomain || 'Microsoft 365'}`
    case 'graph-sent':
      return `Sent items of ${settings.tenantDomain || 'Microsoft 365'}`
    case 'gmail':
      return 'Sent mail of Google Workspace'
    case 'imap':
      return `Sent mail on ${settings.host}`
  }
}
