// Turns rows of a file into users, and says of each wrong row what is wrong with it and where.
import type { RowError } from '@gatepost/contract/user-import.ts'
import {
  addressRemedy,
  cleanName,
  NAME_LENGTH_MAX,
  type OwnDomains,
  readUserAddress,
  type UserAddress,
} from './address.ts'
import type { Column, Columns } from './columns.ts'
import type { CsvFault, CsvRow } from './csv.ts'
import { ITEMS_PER_TURN, letOthersIn } from './turn.ts'

export type Candidate = {
  readonly line: number
  readonly email: UserAddress
  readonly name: string
  readonly aliases: readonly UserAddress[]
}

export type Checked = {
  readonly candidates: readonly Candidate[]
  readonly errors: readonly RowError[]
  /** Domain → aliases that a directory listed there and that were left out. */
  readonly leftOut: ReadonlyMap<string, number>
}

type Context = {
  readonly columns: readonly Column[]
  readonly domains: OwnDomains
  readonly leftOut: Map<string, number>
}

/** As for users added by form. */
const ALIASES_MAX = 200
/** What people put between aliases; Microsoft 365 exports join prefixed ones by `+`. */
const ALIAS_SEPARATOR = /[;,|\s]+|\+(?=[a-z0-9]{2,6}:)/i
/** What `proxyAddresses` holds besides mail addresses. */
const OTHER_PROXIES = /^(?:x500|x400|sip|eum|spo|notes|ccmail|ms|fax|h323|im|rfax):/i
/** Enough of a wrong value to find it again. */
const TEXT_SHOWN_MAX = 200

/** Checks rows one by one and against each other; what the store already has is compared later. */
export async function checkRows(
  table: { readonly rows: readonly CsvRow[]; readonly faults: readonly CsvFault[] },
  { columns, hasHead }: Columns,
  domains: OwnDomains,
): Promise<Checked> {
  const errors: RowError[] = table.faults.map(({ line, reason }) => ({ line, column: '', text: '', reason }))
  const candidates: Candidate[] = []
  const context: Context = { columns, domains, leftOut: new Map() }
  /** Address key → line that has it. */
  const taken = new Map<string, number>()
  for (const [index, row] of (hasHead ? table.rows.slice(1) : table.rows).entries()) {
    if (index % ITEMS_PER_TURN === 0) await letOthersIn()
    const read = candidateOf(row, context)
    const error = 'reason' in read ? read : doubleOf(read, taken, columns)
    if (error !== null) {
      errors.push({ ...error, text: error.text.slice(0, TEXT_SHOWN_MAX) })
      continue
    }
    const candidate = read as Candidate
    for (const { key } of [candidate.email, ...candidate.aliases]) taken.set(key, row.line)
    candidates.push(candidate)
  }
  return { candidates, errors: errors.toSorted((a, b) => a.line - b.line), leftOut: context.leftOut }
}

/** The head of the first column with this meaning. */
export function headOf(columns: readonly Column[], means: Column['means']): string {
  return columns.find((column) => column.means === means)?.header ?? ''
}

function candidateOf(row: CsvRow, context: Context): Candidate | RowError {
  const { columns, domains } = context
  const { line, cells } = row
  const text = (cells[columns.findIndex(({ means }) => means === 'email')] ?? '').replace(/^smtp:/i, '')
  const fault = { line, column: headOf(columns, 'email'), text }
  if (text === '') return { ...fault, reason: 'There is no e-mail address in this row.' }
  const email = readUserAddress(text, domains)
  if (!email.ok) return { ...fault, reason: addressRemedy(email.fault, text, domains) }
  const name = nameOf(row, columns)
  if (typeof name !== 'string') return name
  const aliases = aliasesOf(row, context, email.value.key)
  return 'reason' in aliases ? aliases : { line, email: email.value, name, aliases: aliases.list }
}

function nameOf({ line, cells }: CsvRow, columns: readonly Column[]): string | RowError {
  const text = columns.flatMap(({ means }, index) => (means === 'name' ? [cells[index] ?? ''] : [])).join(' ')
  const fault = { line, column: headOf(columns, 'name'), text }
  // A quotation mark left open takes the next rows into the name, up to the next mark.
  if (text.includes('@') && /[\r\n]/.test(text.trim())) {
    return {
      ...fault,
      reason: 'A quotation mark is opened in this row and not closed; it swallows the next rows.',
    }
  }
  const name = cleanName(text)
  if (name.length <= NAME_LENGTH_MAX) return name
  return { ...fault, reason: `A name has at most ${NAME_LENGTH_MAX} characters.` }
}

function aliasesOf(
  { line, cells }: CsvRow,
  { columns, domains, leftOut }: Context,
  own: string,
): { readonly list: readonly UserAddress[] } | RowError {
  const list = new Map<string, UserAddress>()
  for (const [index, { means, header }] of columns.entries()) {
    if (means !== 'aliases') continue
    for (const item of (cells[index] ?? '').split(ALIAS_SEPARATOR)) {
      if (item === '' || OTHER_PROXIES.test(item)) continue
      const text = item.replace(/^smtp:/i, '')
      const alias = readUserAddress(text, domains)
      if (alias.ok) {
        if (alias.value.key !== own) list.set(alias.value.key, alias.value)
      } else if (alias.fault === 'address-foreign' && isProviders(item)) {
        // A directory lists addresses in the provider's own domain too; mail for them never comes here.
        const domain = text.slice(text.lastIndexOf('@') + 1).toLowerCase()
        leftOut.set(domain, (leftOut.get(domain) ?? 0) + 1)
      } else {
        return { line, column: header, text, reason: addressRemedy(alias.fault, text, domains) }
      }
    }
    if (list.size > ALIASES_MAX) {
      return { line, column: header, text: '', reason: `A user has at most ${ALIASES_MAX} aliases.` }
    }
  }
  return { list: [...list.values()] }
}

function isProviders(item: string): boolean {
  return /^smtp:/i.test(item) || /\.onmicrosoft\.com$/i.test(item)
}

/** An address stands for one user only. */
function doubleOf(
  { line, email, aliases }: Candidate,
  taken: ReadonlyMap<string, number>,
  columns: readonly Column[],
): RowError | null {
  const double = [email, ...aliases].find(({ key }) => taken.has(key))
  if (!double) return null
  const column = headOf(columns, double === email ? 'email' : 'aliases')
  const reason = `The address stands on line ${taken.get(double.key)} already.`
  return { line, column, text: double.address, reason }
}
