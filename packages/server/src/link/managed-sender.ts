// A managed sender as it stands in the feed and in replicas: a short key and a short value, since there are
// ten million of them. Control writes what facts read.

export type ManagedSenderRow = {
  readonly action: 'permit' | 'block'
  readonly source: 'manual' | 'imported' | 'auto-allow' | 'trusted-service'
  readonly onlyIfAuthenticated: boolean
  /** Unix milliseconds; null never ends. */
  readonly expiresAt: number | null
}

/** Action, source, only if authenticated, end; zeros at the end are left out. */
export type ManagedSenderValue = readonly [action: Action, source: Source, only?: 0 | 1, expiresAt?: number]

type Action = 'p' | 'b'
type Source = 'm' | 'i' | 'a' | 't'

const ID_PREFIX = 'snd_'
const sourceOf: { readonly [Letter in Source]: ManagedSenderRow['source'] } = {
  m: 'manual',
  i: 'imported',
  a: 'auto-allow',
  t: 'trusted-service',
}

/** The key of a user's word on a sender. Neither address keys nor domains hold a line break. */
export function managedSenderKey(userKey: string, sender: string): string {
  return `${userKey}\n${sender}`
}

/** The id of an entry tells where it stands, so that none has to be stored. */
export function managedSenderId(userKey: string, sender: string): string {
  return ID_PREFIX + Buffer.from(managedSenderKey(userKey, sender)).toString('base64url')
}

/** User and sender of an id; null for anything else. */
export function managedSenderOfId(id: string): { readonly userKey: string; readonly sender: string } | null {
  if (!id.startsWith(ID_PREFIX)) return null
  const [userKey, sender, ...rest] = Buffer.from(id.slice(ID_PREFIX.length), 'base64url')
    .toString()
    .split('\n')
  return userKey && sender && rest.length === 0 ? { userKey, sender } : null
}

export function managedSenderValue(row: ManagedSenderRow): ManagedSenderValue {
  const action = row.action === 'permit' ? 'p' : 'b'
  const source = row.source.charAt(0) as Source
  if (row.expiresAt !== null) return [action, source, row.onlyIfAuthenticated ? 1 : 0, row.expiresAt]
  return row.onlyIfAuthenticated ? [action, source, 1] : [action, source]
}

export function managedSenderRow(value: ManagedSenderValue): ManagedSenderRow {
  const [action, source, only = 0, expiresAt = 0] = value
  return {
    action: action === 'p' ? 'permit' : 'block',
    source: sourceOf[source],
    onlyIfAuthenticated: only === 1,
    expiresAt: expiresAt === 0 ? null : expiresAt,
  }
}
