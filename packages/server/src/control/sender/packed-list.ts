// The checked rows of a list as one text between preview, import and undo. Both databases read it
// themselves (fresh-store.ts), so a list for users without entries crosses no thread and no wire again.
import type { NewSender } from './write-store.ts'

/** A user's entries, each a letter and a sender. */
type UserEntries = readonly [userKey: string, entries: readonly string[]]
export type PackedList = {
  readonly form: typeof FORM
  /** Each user once, in the order of the table's key if the entries were in it. */
  readonly users: readonly UserEntries[]
  /** Whether each domain is what follows the only at sign: a quoted local part may have another. */
  readonly isPlain: boolean
}

/** Lists packed in another way, by a release before or after, are not read. */
const FORM = 2
export const LETTERS = {
  permit: 'p',
  'permit-if-authenticated': 'a',
  block: 'b',
  'block-if-authenticated': 'c',
} as const
const AT = '@'

/** Packs entries; those of one user must stand together. */
export function packedList(entries: readonly NewSender[]): PackedList {
  const users: UserEntries[] = []
  let isPlain = true
  let last = ''
  let ofUser: string[] = []
  for (const { userKey, sender, action, onlyIfAuthenticated } of entries) {
    if (userKey !== last || users.length === 0) {
      ofUser = []
      last = userKey
      users.push([userKey, ofUser])
    }
    if (sender.indexOf(AT) !== sender.lastIndexOf(AT)) isPlain = false
    const kind = onlyIfAuthenticated ? (`${action}-if-authenticated` as const) : action
    ofUser.push(LETTERS[kind] + sender)
  }
  return { form: FORM, users, isPlain }
}

export function bytesOf(list: PackedList): Uint8Array {
  return Buffer.from(JSON.stringify(list))
}

/** The list of an import's row, and null for one of another release. */
export function listOf(bytes: Uint8Array): PackedList | null {
  const list = JSON.parse(Buffer.from(bytes).toString('utf8')) as PackedList | readonly unknown[]
  return 'form' in list && list.form === FORM ? list : null
}

export function entriesOf({ users }: PackedList): readonly NewSender[] {
  return users.flatMap(([userKey, entries]) => entries.map((entry) => entryOf(userKey, entry)))
}

function entryOf(userKey: string, entry: string): NewSender {
  const letter = entry.charAt(0)
  const sender = entry.slice(1)
  return {
    userKey,
    sender,
    domain: domainOf(sender),
    action: letter === LETTERS.permit || letter === LETTERS['permit-if-authenticated'] ? 'permit' : 'block',
    onlyIfAuthenticated:
      letter === LETTERS['permit-if-authenticated'] || letter === LETTERS['block-if-authenticated'],
  }
}

/** The domain of an address key, or the domain that a sender is. */
export function domainOf(sender: string): string {
  return sender.slice(sender.lastIndexOf(AT) + 1)
}
