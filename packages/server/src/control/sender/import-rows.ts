// Turns rows of a list into entries, and says of each wrong row what is wrong with it and where (S6).
import type { RowError } from '@gatepost/contract/user-import.ts'
import { addressRemedy, type OwnDomains, readUserAddress } from '../user/address.ts'
import type { CsvFault, CsvRow } from '../user/csv.ts'
import { letOthersIn } from '../user/turn.ts'
import { ownDomainTest, senderRemedy } from './entry.ts'
import type { Columns } from './import-columns.ts'
import { type Letter, type Lists, letterOf } from './packed-list.ts'
import { senderReader } from './sender-reader.ts'

/** A row as it was read: whose list, which sender, and what is said of it. */
export type CheckedRow = {
  readonly line: number
  readonly userKey: string
  readonly sender: string
  readonly letter: Letter
}

export type CheckedRows = {
  readonly lists: Lists
  readonly count: number
  /** The first of the file. */
  readonly sample: readonly CheckedRow[]
  readonly errors: readonly RowError[]
  readonly duplicates: number
  /** Rows without an action, where the file has no such column. */
  readonly assumed: number
}

type Table = { readonly rows: readonly CsvRow[]; readonly faults: readonly CsvFault[] }
type Action = 'permit' | 'block'
type Means = 'user' | 'sender' | 'action'
type Wrong = { readonly means: Means; readonly text: string; readonly reason: string }

/** What other gateways call the two actions. */
const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ...['permit', 'permitted', 'allow', 'allowed', 'approve', 'approved', 'safe', 'whitelist', 'trusted'].map(
    (word) => [word, 'permit'] as const,
  ),
  ...['block', 'blocked', 'deny', 'denied', 'reject', 'blacklist'].map((word) => [word, 'block'] as const),
])
const SAMPLE_ROWS = 20
/** Rows checked between two turns: a few milliseconds. */
const ROWS_PER_TURN = 2_500
/** Enough of a wrong value to find it again. */
const TEXT_SHOWN_MAX = 200
/** An apostrophe that spreadsheets and our own export put before what looks like a formula. */
const APOSTROPHE = 39
const TEXT_MARK = /^'(?=[=+\-@;|\uff1d\uff0b\uff0d\uff20])/

/** Checks rows one by one and against each other; what the store already has is compared later. */
export async function checkRows(table: Table, columns: Columns, domains: OwnDomains): Promise<CheckedRows> {
  const lists = new Map<string, Map<string, Letter>>()
  const errors: RowError[] = table.faults.map(({ line, reason }) => ({ line, column: '', text: '', reason }))
  const contradicting: CsvRow[] = []
  const sample: CheckedRow[] = []
  const read = readerOf(columns, domains, lists)
  const { rows } = table
  let duplicates = 0
  let count = 0
  for (let at = columns.hasHead ? 1 : 0; at < rows.length; at += 1) {
    if (at % ROWS_PER_TURN === 0) await letOthersIn()
    const row = rows[at]!
    const wrong = read(row)
    if (wrong !== null) {
      errors.push(errorOf(row.line, wrong, columns))
      continue
    }
    const { list, userKey, sender, letter } = read.row
    const first = list.get(sender)
    if (first === undefined) {
      list.set(sender, letter)
      count += 1
      if (sample.length < SAMPLE_ROWS) sample.push({ line: row.line, userKey, sender, letter })
    } else if (first === letter) duplicates += 1
    else contradicting.push(row)
  }
  for (const error of contradictions(contradicting, table, columns, domains)) errors.push(error)
  const assumed = columns.at.action < 0 ? count : 0
  return { lists, count, sample, errors: errors.toSorted((a, b) => a.line - b.line), duplicates, assumed }
}

/** Rows that say the other thing of a sender than a row before them; which one that is is looked up now. */
function contradictions(
  found: readonly CsvRow[],
  { rows }: Table,
  columns: Columns,
  domains: OwnDomains,
): readonly RowError[] {
  if (found.length === 0) return []
  const firsts = new Map<string, { readonly line: number; readonly letter: Letter }>()
  const read = readerOf(columns, domains, new Map())
  const placeOf = ({ userKey, sender }: Read): string => `${userKey}\n${sender}`
  for (const row of rows) {
    if (read(row) !== null) continue
    const place = placeOf(read.row)
    if (!firsts.has(place)) firsts.set(place, { line: row.line, letter: read.row.letter })
  }
  return found.map((row) => {
    read(row)
    const first = firsts.get(placeOf(read.row))!
    const action = first.letter === letterOf('block', false) ? 'BLOCK' : 'PERMIT'
    const reason = `Line ${first.line} says ${action} for the same user and sender. Keep one of the two.`
    const text = unmarked(row.cells[columns.at.action] ?? '')
    return errorOf(row.line, { means: 'action', text, reason }, columns)
  })
}

function errorOf(line: number, { means, text, reason }: Wrong, columns: Columns): RowError {
  const column = columns.columns[columns.at[means]]?.header ?? ''
  return { line, column, text: text.slice(0, TEXT_SHOWN_MAX), reason }
}

type User = { readonly key: string; readonly list: Map<string, Letter> }
type Read = {
  readonly userKey: string
  readonly sender: string
  readonly letter: Letter
  readonly list: Map<string, Letter>
}
/** Reads a row into `row`, one place for all of them, or says what is wrong with it. */
type Reader = { (row: CsvRow): Wrong | null; readonly row: Read }

/** Users, domains and actions repeat, so what was read of them is kept for the file. */
function readerOf({ at }: Columns, domains: OwnDomains, lists: Map<string, Map<string, Letter>>): Reader {
  const users = new Map<string, User>()
  const actions = new Map<string, Action>()
  const senders = senderReader(ownDomainTest(domains))
  const row = { userKey: '', sender: '', letter: letterOf('permit', false), list: new Map<string, Letter>() }
  const readUser = (text: string): User | Wrong => {
    if (text === '') return wrong('user', '', 'There is no internal address in this row.')
    const user = readUserAddress(text, domains)
    if (!user.ok) return wrong('user', text, addressRemedy(user.fault, text, domains))
    const { key } = user.value
    const list = lists.get(key) ?? new Map<string, Letter>()
    lists.set(key, list)
    const known = { key, list }
    users.set(text, known)
    return known
  }
  const read = ({ cells }: CsvRow): Wrong | null => {
    const userText = unmarked(cells[at.user] ?? '')
    const user = users.get(userText) ?? readUser(userText)
    if ('reason' in user) return user
    const senderText = unmarked(cells[at.sender] ?? '')
    if (senderText === '') return wrong('sender', '', 'There is no external address or domain in this row.')
    const sender = senders(senderText)
    if (!sender.ok) return wrong('sender', senderText, senderRemedy(sender.fault, senderText))
    const actionText = at.action < 0 ? 'PERMIT' : unmarked(cells[at.action] ?? '')
    let action = actions.get(actionText)
    if (!action) {
      action = ACTIONS.get(actionText.toLowerCase())
      if (!action) return wrong('action', actionText, actionRemedy(actionText))
      actions.set(actionText, action)
    }
    row.userKey = user.key
    row.list = user.list
    row.sender = sender.value.sender
    row.letter = letterOf(action, sender.value.kind === 'domain' && action === 'permit')
    return null
  }
  return Object.assign(read, { row })
}

function wrong(means: Means, text: string, reason: string): Wrong {
  return { means, text, reason }
}

function unmarked(text: string): string {
  return text.charCodeAt(0) === APOSTROPHE ? text.replace(TEXT_MARK, '') : text
}

function actionRemedy(text: string): string {
  if (text === '') return 'There is no action in this row. Write PERMIT or BLOCK.'
  return `“${text.slice(0, 100)}” is no action. Write PERMIT or BLOCK.`
}
