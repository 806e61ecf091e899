// What a connector to Google Workspace is told (D5), and the reading of the service account's JSON key.
import type { KeyObject } from 'node:crypto'
import { DirectoryFault } from './entry.ts'
import { objectOf, parseJson, textOf } from './json.ts'
import { rsaKeyOf } from './jwt.ts'

/** Origins and the token's address; only these get a signed assertion, whatever the key file says. */
export type GoogleEndpoints = { readonly token: string; readonly api: string }

export const googleEndpoints: GoogleEndpoints = {
  token: 'https://oauth2.googleapis.com/token',
  api: 'https://admin.googleapis.com',
}

export type GoogleSettings = {
  readonly endpoints: GoogleEndpoints
  /** The administrator in whose name the service account reads. */
  readonly adminEmail: string
  /** `my_customer`, or a customer's id. */
  readonly customer: string
  /** The service account's key as downloaded. */
  readonly keyJson: string
  /** Names out of `googleAttributes`. */
  readonly attributes: readonly string[]
}

/** Exactly what has to be authorised for the service account: reading, nothing else. */
export const googleScopes: readonly string[] = [
  'https://www.googleapis.com/auth/admin.directory.user.readonly',
  'https://www.googleapis.com/auth/admin.directory.group.readonly',
  'https://www.googleapis.com/auth/admin.directory.orgunit.readonly',
]

export const googleAttributes: readonly string[] = [
  'department',
  'title',
  'costCenter',
  'employeeId',
  'location',
]

export type ServiceAccount = {
  readonly clientEmail: string
  /** What domain-wide delegation asks for. */
  readonly clientId: string
  readonly keyId: string
  readonly key: KeyObject
}

/** Reads the JSON key. What is wrong with it comes back as a fault. */
export function serviceAccountOf(keyJson: string): ServiceAccount | DirectoryFault {
  const file = objectOf(parseJson(keyJson))
  if (file === null)
    return fault(
      'key-shape',
      'The key is not a JSON file.',
      'Paste the whole file that Google gave, from { to }.',
    )
  if (textOf(file, 'type') !== 'service_account')
    return fault(
      'key-kind',
      'This file is not the key of a service account.',
      'In Google Cloud › IAM › Service accounts open the account › Keys › Add key › JSON. An OAuth client’s file is another.',
    )
  const clientEmail = textOf(file, 'client_email')
  const clientId = textOf(file, 'client_id')
  const keyId = textOf(file, 'private_key_id')
  const key = rsaKeyOf(textOf(file, 'private_key') ?? '')
  if (clientEmail === null || clientId === null || keyId === null || key === null)
    return fault('key-shape', 'The key file is not whole.', 'Download the key again and paste it unchanged.')
  return { clientEmail, clientId, keyId, key }
}

/** What is wrong by shape alone; null when nothing is. */
export function googleShapeFault({ adminEmail, keyJson }: GoogleSettings): DirectoryFault | null {
  const account = serviceAccountOf(keyJson)
  if (account instanceof DirectoryFault) return account
  if (adminEmail.endsWith('.gserviceaccount.com'))
    return fault(
      'admin-shape',
      'The administrator is the service account itself.',
      'Write the address of a person with an administrator role; the service account reads in that name.',
    )
  if (/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(adminEmail)) return null
  return fault('admin-shape', `“${adminEmail}” is not an address.`, 'Write the address of an administrator.')
}

function fault(code: string, saw: string, remedy: string): DirectoryFault {
  return new DirectoryFault({ step: 'sign-in', code, saw, remedy })
}
