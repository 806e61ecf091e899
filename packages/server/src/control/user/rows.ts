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
  /** Null where the file says nothing of it. */
  readonly password: string | null
  readonly groups: readonly string[]
  /** Id of a role. */
  readonly role: string | null
  readonly enabled: boolean | null
  readonly attributes: readonly (readonly [string, string])[]
}

/** What rows are checked against besides addresses. */
export type RowRules = {
  readonly domains: OwnDomains
  /** What is wrong with a password, or null; told without the password. */
  passwordFault(password: string, who: { readonly email: string; readonly name: string }): string | null
  /** Id of a role by its name, or a sentence why it cannot be given. */
  roleOf(text: string): { readonly id: string } | string
  /** Why users cannot be put into this group by a list, or null. */
  groupFault(name: string): string | null
}

export type Checked = {
  readonly candidates: readonly Candidate[]
  readonly errors: readonly RowError[]
  /** Domain → aliases that a directory listed there and that were left out. */
  readonly leftOut: ReadonlyMap<string, number>
}

type Context = RowRules & {
  readonly columns: readonly Column[]
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
  rules: RowRules,
): Promise<Checked> {
  const errors: RowError[] = table.faults.map(({ line, reason }) => ({ line, column: '', text: '', reason }))
  const candidates: Candidate[] = []
  const context: Context = { ...rules, columns, leftOut: new Map() }
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
  if ('reason' in aliases) return aliases
  const who = { email: email.value.address, name }
  const more = moreOf(row, context, who)
  if ('reason' in more) return more
  return { line, email: email.value, name, aliases: aliases.list, ...more }
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

const YES: ReadonlySet<string> = new Set(['yes', 'y', 'true', '1', 'on', 'enabled', 'ja', 'oui', 'si', 'x'])
const NO: ReadonlySet<string> = new Set(['no', 'n', 'false', '0', 'off', 'disabled', 'nein', 'non'])
const GROUPS_MAX = 50
const GROUP_LENGTH_MAX = 200
const VALUE_LENGTH_MAX = 1_000

type More = Pick<Candidate, 'password' | 'groups' | 'role' | 'enabled' | 'attributes'>

/** Password, groups, role, sign-in and attributes. The text of a password is never repeated. */
function moreOf(
  { line, cells }: CsvRow,
  context: Context,
  who: { readonly email: string; readonly name: string },
): More | RowError {
  const { columns } = context
  const textOf = (means: Column['means']): string =>
    cells[columns.findIndex((one) => one.means === means)] ?? ''
  const fault = (means: Column['means'], text: string, reason: string): RowError => {
    return { line, column: headOf(columns, means), text, reason }
  }
  const password = textOf('password')
  const weak = password === '' ? null : context.passwordFault(password, who)
  if (weak !== null) return fault('password', '', weak)
  const groups = textOf('groups')
    .split(/[;|]/)
    .flatMap((name) => cleanName(name) || [])
  for (const name of groups) {
    const wrong = name.length > GROUP_LENGTH_MAX ? 'The name is too long.' : context.groupFault(name)
    if (wrong !== null) return fault('groups', name, wrong)
  }
  if (groups.length > GROUPS_MAX) return fault('groups', '', `At most ${GROUPS_MAX} groups in one row.`)
  const roleText = textOf('role').trim()
  const role = roleText === '' ? null : context.roleOf(roleText)
  if (typeof role === 'string') return fault('role', roleText, role)
  const enabledText = textOf('enabled').trim().toLowerCase()
  const isSaid = enabledText !== ''
  if (isSaid && !YES.has(enabledText) && !NO.has(enabledText)) {
    return fault('enabled', enabledText, 'Write yes or no.')
  }
  const attributes = columns.flatMap(({ means, attribute }, index): (readonly [string, string])[] => {
    const value = cleanName((cells[index] ?? '').slice(0, VALUE_LENGTH_MAX))
    return means === 'attribute' && attribute !== null && value !== '' ? [[attribute, value]] : []
  })
  return {
    password: password === '' ? null : password,
    groups: [...new Set(groups)],
    role: role?.id ?? null,
    enabled: isSaid ? YES.has(enabledText) : null,
    attributes,
  }
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
