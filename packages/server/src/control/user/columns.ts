// Guesses what the columns of a list of users mean, by their heads and by what stands below them.
import type { ImportColumn } from '@gatepost/contract/user-import.ts'
import type { CsvRow } from './csv.ts'
import {
  ALIAS_HEADS,
  attributeOfHead,
  EMAIL_HEADS,
  FIRST_HEADS,
  headKeyOf,
  isKnownHead,
  LAST_HEADS,
  NAME_HEADS,
  OTHER_HEADS,
} from './heads.ts'

export type Column = ImportColumn
export type Columns = { readonly columns: readonly Column[]; readonly hasHead: boolean }

/** Rows looked at below the head. */
const SAMPLE_ROWS = 50
/** Wider tables have nothing more for us; a row of commas must not become a page of columns. */
const COLUMNS_MAX = 100

/** Says for each column what it means. No column means `email` when none could. */
export function guessColumns(rows: readonly CsvRow[]): Columns {
  const [first] = rows
  const hasHead = first !== undefined && isHead(first, rows.slice(1, SAMPLE_ROWS))
  const sample = rows.slice(hasHead ? 1 : 0, SAMPLE_ROWS + 1)
  const widths = rows.slice(0, SAMPLE_ROWS + 1).map(({ cells }) => cells.length)
  const width = Math.min(COLUMNS_MAX, Math.max(0, ...widths))
  const contents = Array.from({ length: width }, (_, index) => contentOf(sample, index))
  const heads = hasHead
    ? Array.from({ length: width }, (_, index) => headKeyOf(first.cells[index] ?? ''))
    : []
  const email = emailColumn(heads, contents)
  const names = nameColumns(heads, contents, email)
  const columns = contents.map((content, index): Column => {
    const header = hasHead ? (first.cells[index] ?? '') : `Column ${index + 1}`
    if (index === email) return { header, means: 'email', attribute: null }
    if (names.has(index)) return { header, means: 'name', attribute: null }
    const attribute = hasHead ? attributeOfHead(header) : null
    if (attribute !== null) return { header, means: 'attribute', attribute }
    const other = OTHER_HEADS.get(heads[index] ?? '')
    // A second column of one of these would contradict the first.
    if (other && heads.indexOf(heads[index]!) === index) return { header, means: other, attribute: null }
    return { header, means: isAliases(heads[index], content) ? 'aliases' : 'ignored', attribute: null }
  })
  return { columns, hasHead }
}

/**
 * A row without any address is a head when it has a word we know, or words only above addresses. All else is
 * taken for a person, so that a mistyped address in the first row is told and not skipped.
 */
function isHead({ cells: all }: CsvRow, below: readonly CsvRow[]): boolean {
  const cells = all.slice(0, COLUMNS_MAX)
  if (cells.some((cell) => cell.includes('@'))) return false
  if (cells.some(isKnownHead)) return true
  const isWords = cells.every((cell) => /^[\p{L}\p{M}\s_()/-]*$/u.test(cell))
  return isWords && below.some((row) => row.cells.some((cell) => cell.includes('@')))
}

type Content = { readonly filled: number; readonly addresses: number }

function contentOf(rows: readonly CsvRow[], index: number): Content {
  const cells = rows.map(({ cells }) => cells[index] ?? '').filter((cell) => cell !== '')
  return { filled: cells.length, addresses: cells.filter((cell) => cell.includes('@')).length }
}

/** A column of addresses: mostly such, or empty below a head that promises them. */
function holdsAddresses({ filled, addresses }: Content): boolean {
  return addresses * 2 >= filled
}

function emailColumn(heads: readonly string[], contents: readonly Content[]): number {
  const usable = (index: number) => index >= 0 && holdsAddresses(contents[index]!)
  const named = EMAIL_HEADS.map((head) => heads.indexOf(head)).filter(usable)
  const filled = named.find((index) => contents[index]!.filled > 0)
  if (filled !== undefined) return filled
  const byContent = contents.findIndex((content, index) => {
    return content.addresses > 0 && holdsAddresses(content) && !ALIAS_HEADS.has(heads[index] ?? '')
  })
  return byContent >= 0 ? byContent : (named[0] ?? -1)
}

function nameColumns(
  heads: readonly string[],
  contents: readonly Content[],
  email: number,
): ReadonlySet<number> {
  const whole = NAME_HEADS.map((head) => heads.indexOf(head)).find((index) => index >= 0 && index !== email)
  if (whole !== undefined) return new Set([whole])
  const parts = heads.flatMap((head, index) => (FIRST_HEADS.has(head) || LAST_HEADS.has(head) ? [index] : []))
  if (parts.length > 0 || heads.length > 0) return new Set(parts)
  const text = contents.findIndex(
    ({ filled, addresses }, index) => index !== email && filled > 0 && addresses === 0,
  )
  return new Set(text >= 0 ? [text] : [])
}

/** Without a head, another column of addresses can only be aliases. */
function isAliases(head: string | undefined, content: Content): boolean {
  if (head !== undefined) return ALIAS_HEADS.has(head)
  return content.addresses > 0 && holdsAddresses(content)
}

/** The columns as somebody says that they are. Headers stay. */
export function mappedColumns(
  guessed: readonly Column[],
  said: readonly Pick<Column, 'means' | 'attribute'>[],
): readonly Column[] {
  return guessed.map(({ header }, index): Column => {
    const { means, attribute } = said[index] ?? { means: 'ignored', attribute: null }
    if (means !== 'attribute') return { header, means, attribute: null }
    return { header, means, attribute: attribute?.trim() || header.trim() || `Column ${index + 1}` }
  })
}

/** What is wrong with a mapping; null when a file can be read by it. */
export function mappingFault(columns: readonly Column[]): string | null {
  const count = (means: Column['means']) => columns.filter((column) => column.means === means).length
  if (count('email') !== 1) return 'Exactly one column must hold the address.'
  const twice = (['password', 'groups', 'role', 'enabled'] as const).find((means) => count(means) > 1)
  return twice === undefined ? null : `Only one column can hold the ${twice}.`
}
