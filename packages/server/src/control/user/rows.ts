// Turns rows of a file into users, and says of each wrong row what is wrong with it and where.
import type { RowError } from '@gatepost/contract/user.ts'
import { addressRemedy, cleanName, readUserAddress, type UserAddress } from './address.ts'
import type { Column, Columns } from './columns.ts'
import type { CsvFault, CsvRow } from './csv.ts'

export type Candidate = {
  readonly line: number
  readonly email: UserAddress
  readonly name: string
  readonly aliases: readonly UserAddress[]
}

export type Checked = { readonly candidates: readonly Candidate[]; readonly errors: readonly RowError[] }

/** As for users added by form. */
const ALIASES_MAX = 200
/** What `proxyAddresses` holds besides mail addresses. */
const OTHER_PROXIES = /^(?:x500|x400|sip|eum|spo|notes|ccmail|ms|fax|h323|im|rfax):/i

/** Checks rows one by one and against each other; what the store already has is compared later. */
export function checkRows(
  table: { readonly rows: readonly CsvRow[]; readonly faults: readonly CsvFault[] },
  { columns, hasHead }: Columns,
  domains: ReadonlySet<string>,
): Checked {
  const errors: RowError[] = table.faults.map(({ line, reason }) => ({ line, column: '', text: '', reason }))
  const candidates: Candidate[] = []
  /** Address key → line that has it. */
  const taken = new Map<string, number>()
  for (const row of hasHead ? table.rows.slice(1) : table.rows) {
    const read = candidateOf(row, columns, domains)
    const found = 'error' in read ? read.error : doubleOf(read, taken, columns)
    if (found !== null) {
      errors.push(found)
      continue
    }
    const candidate = read as Candidate
    for (const { key } of [candidate.email, ...candidate.aliases]) taken.set(key, row.line)
    candidates.push(candidate)
  }
  return { candidates, errors: errors.toSorted((a, b) => a.line - b.line) }
}

function candidateOf(
  { line, cells }: CsvRow,
  columns: readonly Column[],
  domains: ReadonlySet<string>,
): Candidate | { readonly error: RowError } {
  const emailAt = columns.findIndex(({ means }) => means === 'email')
  const text = (cells[emailAt] ?? '').replace(/^smtp:/i, '')
  const header = columns[emailAt]?.header ?? ''
  if (text === '') {
    return { error: { line, column: header, text, reason: 'There is no e-mail address in this row.' } }
  }
  const email = readUserAddress(text, domains)
  if (!email.ok) return { error: { line, column: header, text, reason: addressRemedy(email.fault, text) } }
  const names = columns.flatMap(({ means }, index) => (means === 'name' ? [cells[index] ?? ''] : []))
  const aliases = aliasesOf({ line, cells }, columns, { domains, own: email.value.key })
  if ('error' in aliases) return aliases
  return { line, email: email.value, name: cleanName(names.join(' ')), aliases: aliases.list }
}

function aliasesOf(
  { line, cells }: CsvRow,
  columns: readonly Column[],
  { domains, own }: { readonly domains: ReadonlySet<string>; readonly own: string },
): { readonly list: readonly UserAddress[] } | { readonly error: RowError } {
  const list = new Map<string, UserAddress>()
  for (const [index, { means, header }] of columns.entries()) {
    if (means !== 'aliases') continue
    for (const item of (cells[index] ?? '').split(/[;,|\s]+/)) {
      if (item === '' || OTHER_PROXIES.test(item)) continue
      const isProxy = /^smtp:/i.test(item)
      const text = item.replace(/^smtp:/i, '')
      const alias = readUserAddress(text, domains)
      if (!alias.ok) {
        // A directory lists addresses in the provider's own domain too; mail for them never comes here.
        if (isProxy && alias.fault === 'address-foreign') continue
        return { error: { line, column: header, text, reason: addressRemedy(alias.fault, text) } }
      }
      if (alias.value.key !== own) list.set(alias.value.key, alias.value)
    }
    if (list.size > ALIASES_MAX) {
      const reason = `A user has at most ${ALIASES_MAX} aliases.`
      return { error: { line, column: header, text: '', reason } }
    }
  }
  return { list: [...list.values()] }
}

/** An address stands for one user only. */
function doubleOf(
  { line, email, aliases }: Candidate,
  taken: ReadonlyMap<string, number>,
  columns: readonly Column[],
): RowError | null {
  const double = [email, ...aliases].find(({ key }) => taken.has(key))
  if (!double) return null
  const means = double === email ? 'email' : 'aliases'
  const column = columns.find((candidate) => candidate.means === means)?.header ?? ''
  const reason = `The address stands on line ${taken.get(double.key)} already.`
  return { line, column, text: double.address, reason }
}
