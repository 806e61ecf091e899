// Guesses what the columns of a list of users mean, by their heads and by what stands below them.
import type { UserImport } from '@gatepost/contract/user.ts'
import type { CsvRow } from './csv.ts'

export type Column = UserImport['columns'][number]
export type Columns = { readonly columns: readonly Column[]; readonly hasHead: boolean }

/** Heads of common exports, most telling first; compared without spaces, marks and case. */
const EMAIL_HEADS = [
  'email',
  'emailaddress',
  'primarysmtpaddress',
  'windowsemailaddress',
  'mail',
  'mailaddress',
  'primaryemail',
  'smtpaddress',
  'emailadresse',
  'adressemail',
  'correo',
  'userprincipalname',
  'upn',
  'address',
] as const
const NAME_HEADS = ['displayname', 'name', 'fullname', 'anzeigename', 'nom', 'nombre'] as const
const FIRST_HEADS = new Set(['firstname', 'givenname', 'vorname', 'prenom'])
const LAST_HEADS = new Set(['lastname', 'surname', 'sn', 'familyname', 'nachname'])
const ALIAS_HEADS = new Set([
  'aliases',
  'alias',
  'proxyaddresses',
  'emailaliases',
  'emailaddresses',
  'otheraddresses',
  'othermails',
  'secondaryaddresses',
  'smtpaddresses',
  'additionaladdresses',
])

/** Rows looked at below the head. */
const SAMPLE_ROWS = 50

/** Says for each column what it means. No column means `email` when none could. */
export function guessColumns(rows: readonly CsvRow[]): Columns {
  const [first] = rows
  const hasHead = first !== undefined && !first.cells.some((cell) => cell.includes('@'))
  const sample = rows.slice(hasHead ? 1 : 0, SAMPLE_ROWS + 1)
  const width = Math.max(0, ...rows.slice(0, SAMPLE_ROWS + 1).map(({ cells }) => cells.length))
  const contents = Array.from({ length: width }, (_, index) => contentOf(sample, index))
  const heads = hasHead ? Array.from({ length: width }, (_, index) => keyOf(first.cells[index] ?? '')) : []
  const email = emailColumn(heads, contents)
  const names = nameColumns(heads, contents, email)
  const columns = contents.map((content, index): Column => {
    const header = hasHead ? (first.cells[index] ?? '') : `Column ${index + 1}`
    if (index === email) return { header, means: 'email' }
    if (names.has(index)) return { header, means: 'name' }
    return { header, means: isAliases(heads[index], content) ? 'aliases' : 'ignored' }
  })
  return { columns, hasHead }
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

function keyOf(head: string): string {
  return head
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
}
