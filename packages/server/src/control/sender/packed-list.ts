// The checked rows of a list as one text between preview, import and undo. Both databases read it
// themselves (fresh-store.ts), so a list for users without entries crosses no thread and no wire again.
import type { NewSender } from './write-store.ts'

/** What is said of a sender, in a letter. */
export type Letter = (typeof LETTERS)[keyof typeof LETTERS]
/** A user's senders by what is said of them: databases read a name once and each sender as it stands. */
type Senders = { readonly [Name in Letter]?: readonly string[] }
type UserEntries = readonly [userKey: string, senders: Senders]
export type PackedList = {
  readonly form: typeof FORM
  /** Each user once, in the order of the table's key. */
  readonly users: readonly UserEntries[]
  readonly entries: number
  /** Whether each domain is what follows the only at sign: a quoted local part may have another. */
  readonly isPlain: boolean
}
/** What is said of each sender, user by user. */
export type Lists = ReadonlyMap<string, ReadonlyMap<string, Letter>>

/** Lists packed in another way, by a release before or after, are not read. */
const FORM = 3
export const LETTERS = {
  permit: 'p',
  'permit-if-authenticated': 'a',
  block: 'b',
  'block-if-authenticated': 'c',
} as const
const AT = '@'

/** Packs lists in the order of the table's key, so that neighbours are written together. */
export function packedLists(lists: Lists): PackedList {
  let isPlain = true
  let entries = 0
  const users: UserEntries[] = []
  for (const userKey of [...lists.keys()].sort()) {
    const ofUser = lists.get(userKey)!
    if (ofUser.size === 0) continue
    const senders: { [Name in Letter]?: string[] } = {}
    for (const sender of [...ofUser.keys()].sort()) {
      const letter = ofUser.get(sender)!
      const said = senders[letter]
      if (said) said.push(sender)
      else senders[letter] = [sender]
      if (sender.indexOf(AT) !== sender.lastIndexOf(AT)) isPlain = false
    }
    entries += ofUser.size
    users.push([userKey, senders])
  }
  return { form: FORM, users, entries, isPlain }
}

/** The same of single entries; the latest word on a sender stands. */
export function packedList(entries: readonly NewSender[]): PackedList {
  const lists = new Map<string, Map<string, Letter>>()
  for (const { userKey, sender, action, onlyIfAuthenticated } of entries) {
    const ofUser = lists.get(userKey) ?? new Map<string, Letter>()
    lists.set(userKey, ofUser.set(sender, letterOf(action, onlyIfAuthenticated)))
  }
  return packedLists(lists)
}

export function letterOf(action: NewSender['action'], onlyIfAuthenticated: boolean): Letter {
  return LETTERS[onlyIfAuthenticated ? (`${action}-if-authenticated` as const) : action]
}

export function bytesOf(list: PackedList): Uint8Array {
  return Buffer.from(JSON.stringify(list))
}

/** The list of an import's row, and null for one of another release. */
export function listOf(bytes: Uint8Array): PackedList | null {
  const list = JSON.parse(Buffer.from(bytes).toString('utf8')) as object
  return isReadable(list) ? list : null
}

/** Whether a stored list is of this form. */
export function isReadable(list: object): list is PackedList {
  return 'form' in list && list.form === FORM
}

export function entriesOf({ users }: PackedList): readonly NewSender[] {
  const entries: NewSender[] = []
  for (const [userKey, senders] of users) {
    for (const [letter, ofLetter] of Object.entries(senders)) {
      const action = letter === LETTERS.permit || letter === LETTERS['permit-if-authenticated']
      const only =
        letter === LETTERS['permit-if-authenticated'] || letter === LETTERS['block-if-authenticated']
      for (const sender of ofLetter) {
        entries.push({
          userKey,
          sender,
          domain: domainOf(sender),
          action: action ? 'permit' : 'block',
          onlyIfAuthenticated: only,
        })
      }
    }
  }
  return entries
}

/** How many entries a user has in a list. */
export function countOf(senders: Senders): number {
  return Object.values(senders).reduce((sum, { length }) => sum + length, 0)
}

/** The domain of an address key, or the domain that a sender is. */
export function domainOf(sender: string): string {
  return sender.slice(sender.lastIndexOf(AT) + 1)
}
