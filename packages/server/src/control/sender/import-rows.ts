// Turns rows of a list into entries, and says of each wrong row what is wrong with it and where (S6).
import type { RowError } from '@gatepost/contract/user-import.ts'
import { addressRemedy, type OwnDomains, readUserAddress } from '../user/address.ts'
import type { CsvFault, CsvRow } from '../user/csv.ts'
import { ITEMS_PER_TURN, letOthersIn } from '../user/turn.ts'
import { ownDomainTest, senderRemedy } from './entry.ts'
import type { Columns } from './import-columns.ts'
import { senderReader } from './sender-reader.ts'
import type { NewSender } from './write-store.ts'

export type CheckedRow = NewSender & {
  readonly line: number
  /** The action as the file writes it. */
  readonly actionText: string
}

export type CheckedRows = {
  /** In the order of users and senders. */
  readonly entries: readonly CheckedRow[]
  /** The first of the file. */
  readonly sample: readonly CheckedRow[]
  readonly errors: readonly RowError[]
  readonly duplicates: number
  /** Rows without an action, where the file has no such column. */
  readonly assumed: number
}

/** What other gateways call the two actions. */
const ACTIONS: ReadonlyMap<string, 'permit' | 'block'> = new Map([
  ...['permit', 'permitted', 'allow', 'allowed', 'approve', 'approved', 'safe', 'whitelist', 'trusted'].map(
    (word) => [word, 'permit'] as const,
  ),
  ...['block', 'blocked', 'deny', 'denied', 'reject', 'blacklist'].map((word) => [word, 'block'] as const),
])
const SAMPLE_ROWS = 20
/** Enough of a wrong value to find it again. */
const TEXT_SHOWN_MAX = 200
/** An apostrophe that spreadsheets and our own export put before what looks like a formula. */
const APOSTROPHE = 39
const TEXT_MARK = /^'(?=[=+\-@;|\uff1d\uff0b\uff0d\uff20])/

/** Checks rows one by one and against each other; what the store already has is compared later. */
export async function checkRows(
  table: { readonly rows: readonly CsvRow[]; readonly faults: readonly CsvFault[] },
  columns: Columns,
  domains: OwnDomains,
): Promise<CheckedRows> {
  const errors: RowError[] = table.faults.map(({ line, reason }) => ({ line, column: '', text: '', reason }))
  const reader = readerOf(columns, domains)
  const byUser = new Map<string, CheckedRow[]>()
  const sample: CheckedRow[] = []
  const { rows } = table
  for (let at = columns.hasHead ? 1 : 0; at < rows.length; at += 1) {
    if (at % ITEMS_PER_TURN === 0) await letOthersIn()
    const read = reader(rows[at]!)
    if ('reason' in read) {
      errors.push({ ...read, text: read.text.slice(0, TEXT_SHOWN_MAX) })
      continue
    }
    if (sample.length < SAMPLE_ROWS && !sample.some((row) => isOfOne(row, read))) sample.push(read)
    const ofUser = byUser.get(read.userKey)
    if (ofUser) ofUser.push(read)
    else byUser.set(read.userKey, [read])
  }
  const { entries, duplicates } = withoutTwice(byUser, (row, first) => {
    errors.push(contradiction(row, first, columns))
  })
  const assumed = columns.at.action < 0 ? entries.length : 0
  return { entries, sample, errors: errors.toSorted((a, b) => a.line - b.line), duplicates, assumed }
}

/** Entries in the order of the table's key, each once; neighbours tell who stands twice. */
function withoutTwice(
  byUser: ReadonlyMap<string, CheckedRow[]>,
  contradicts: (row: CheckedRow, first: CheckedRow) => void,
): { readonly entries: readonly CheckedRow[]; readonly duplicates: number } {
  const entries: CheckedRow[] = []
  let duplicates = 0
  for (const user of [...byUser.keys()].sort()) {
    let first: CheckedRow | null = null
    // The sort keeps rows of one sender in the order of the file.
    for (const row of byUser.get(user)!.sort(bySender)) {
      if (first?.sender !== row.sender) {
        first = row
        entries.push(row)
      } else if (first.action === row.action) duplicates += 1
      else contradicts(row, first)
    }
  }
  return { entries, duplicates }
}

function isOfOne(a: CheckedRow, b: CheckedRow): boolean {
  return a.userKey === b.userKey && a.sender === b.sender
}

function bySender(a: CheckedRow, b: CheckedRow): number {
  if (a.sender === b.sender) return 0
  return a.sender < b.sender ? -1 : 1
}

/** Reads one row. Users and domains repeat, so what was read of them is kept for the file. */
function readerOf(columns: Columns, domains: OwnDomains): (row: CsvRow) => CheckedRow | RowError {
  const users = kept((text) => readUserAddress(text, domains))
  const senders = senderReader(ownDomainTest(domains))
  const headOf = (means: 'user' | 'sender' | 'action'): string =>
    columns.columns[columns.at[means]]?.header ?? ''
  return ({ line, cells }) => {
    const cell = (index: number): string => unmarked(cells[index] ?? '')
    const fault = (means: 'user' | 'sender' | 'action', text: string, reason: string): RowError => {
      return { line, column: headOf(means), text, reason }
    }
    const userText = cell(columns.at.user)
    if (userText === '') return fault('user', '', 'There is no internal address in this row.')
    const user = users(userText)
    if (!user.ok) return fault('user', userText, addressRemedy(user.fault, userText, domains))
    const senderText = cell(columns.at.sender)
    if (senderText === '') return fault('sender', '', 'There is no external address or domain in this row.')
    const sender = senders(senderText)
    if (!sender.ok) return fault('sender', senderText, senderRemedy(sender.fault, senderText))
    const actionText = columns.at.action < 0 ? 'PERMIT' : cell(columns.at.action)
    const action = ACTIONS.get(actionText.toLowerCase())
    if (!action) return fault('action', actionText, actionRemedy(actionText))
    const onlyIfAuthenticated = sender.value.kind === 'domain' && action === 'permit'
    const { sender: name, domain } = sender.value
    const entry = { userKey: user.value.key, sender: name, domain, action, onlyIfAuthenticated }
    return { line, actionText, ...entry }
  }
}

function unmarked(text: string): string {
  return text.charCodeAt(0) === APOSTROPHE ? text.replace(TEXT_MARK, '') : text
}

function kept<Value>(read: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const value = read(text)
    known.set(text, value)
    return value
  }
}

function actionRemedy(text: string): string {
  if (text === '') return 'There is no action in this row. Write PERMIT or BLOCK.'
  return `“${text.slice(0, 100)}” is no action. Write PERMIT or BLOCK.`
}

function contradiction(row: CheckedRow, first: CheckedRow, columns: Columns): RowError {
  return {
    line: row.line,
    column: columns.columns[columns.at.action]?.header ?? '',
    text: row.actionText.slice(0, TEXT_SHOWN_MAX),
    reason: `Line ${first.line} says ${first.action.toUpperCase()} for the same user and sender. Keep one of the two.`,
  }
}
