// Chooses from the pairs of a run what becomes an entry, says what was left out and why, and writes the CSV
// that C7 reads.
import { domainOf, isOwn, order, type Pair } from './collect.ts'
import { isRobot } from './robots.ts'

/** What is chosen; may be changed after a run without reading anything again. */
export type Choice = {
  readonly ownDomains: readonly string[]
  /** Pairs with fewer letters are left out. */
  readonly countMin: number
  /** External domains and addresses that never become entries; a domain means what lies below it, too. */
  readonly without: readonly string[]
}

export type Dropped = {
  readonly robots: number
  readonly own: number
  readonly few: number
  readonly excluded: number
}

export type Selection = { readonly pairs: readonly Pair[]; readonly dropped: Dropped }

/** Rows that C7 takes in one file. */
export const ROWS_PER_PART = 50_000

/** Applies a choice; the order stays by user and external address. */
export function selectPairs(pairs: Iterable<Pair>, choice: Choice): Selection {
  const dropped = { robots: 0, own: 0, few: 0, excluded: 0 }
  const own = new Set(choice.ownDomains)
  const without = new Set(choice.without.map((text) => text.trim().toLowerCase().replace(/^@/, '')))
  const chosen: Pair[] = []
  for (const pair of pairs) {
    const why = reasonAgainst(pair, { own, without, countMin: choice.countMin })
    if (why === null) chosen.push(pair)
    else dropped[why] += 1
  }
  return { pairs: chosen.sort((a, b) => order(a.user, b.user) || order(a.external, b.external)), dropped }
}

/** Why a pair is no entry; null when it is one. */
export function reasonAgainst(
  { user, external, count }: Pair,
  limits: {
    readonly own: ReadonlySet<string>
    readonly without: ReadonlySet<string>
    readonly countMin: number
  },
): keyof Dropped | null {
  // Domains may have been validated since the run.
  if (isOwn(external, limits.own) || !limits.own.has(domainOf(user))) return 'own'
  if (limits.without.has(external) || isOwn(external, limits.without)) return 'excluded'
  if (isRobot(external)) return 'robots'
  return count < limits.countMin ? 'few' : null
}

/** The CSV of S6 in parts of at most `ROWS_PER_PART` rows: internal address, external address, PERMIT. */
export function csvParts(pairs: readonly Pair[], rowsMax: number = ROWS_PER_PART): readonly string[] {
  const parts: string[] = []
  for (let start = 0; start < pairs.length; start += rowsMax)
    parts.push(
      pairs
        .slice(start, start + rowsMax)
        .map(csvRow)
        .join(''),
    )
  return parts
}

const csvRow = ({ user, external }: Pair): string => `${cell(user)},${cell(external)},PERMIT\r\n`

/** Would be run as a formula by spreadsheets; the import takes the apostrophe off again. */
const FORMULA = /^[=+\-@;|\uff1d\uff0b\uff0d\uff20]/
const SPECIAL = /[",;\r\n']/

/** A field as RFC 4180 §2 writes it. */
function cell(address: string): string {
  const text = FORMULA.test(address) ? `'${address}` : address
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Names of the parts, in their order: `contacts.csv`, or `contacts-001.csv` and so on. */
export function partNames(count: number, base = 'contacts'): readonly string[] {
  if (count <= 1) return [`${base}.csv`]
  return Array.from({ length: count }, (_, index) => `${base}-${String(index + 1).padStart(3, '0')}.csv`)
}

/** The strongest pairs first, for a look before the import. */
export function strongest(pairs: readonly Pair[], max: number): readonly Pair[] {
  return [...pairs]
    .sort((a, b) => b.count - a.count || order(a.user, b.user) || order(a.external, b.external))
    .slice(0, max)
}
