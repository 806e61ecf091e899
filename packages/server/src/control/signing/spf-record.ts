// An SPF record as a person has to mend it (RFC 7208): its terms, what is wrong with it, and the record to
// enter instead. Pure.

export type SpfFindingText = { readonly kind: 'error' | 'warning' | 'note'; readonly text: string }

/** RFC 7208 §4.6.4. */
export const LOOK_UPS_MAX = 10
/** RFC 7208 §3.4: longer ones may not fit a plain answer. */
const RECORD_CHARACTERS_MAX = 450

/** Terms that cost a look-up. */
const COSTLY = /^[+?~-]?(?:include:|a(?:[:/]|$)|mx(?:[:/]|$)|ptr(?::|$)|exists:)|^redirect=/i
const ALL = /^[+?~-]?all$/i
const QUALIFIER_WORDS = { '+': 'everybody passes', '?': 'nothing is said of others' } as const

export function isSpfRecord(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text)
}

/** The terms behind the version. */
export function termsOf(record: string): readonly string[] {
  return record.trim().split(/\s+/).slice(1)
}

export function isCostly(term: string): boolean {
  return COSTLY.test(term)
}

/** The name whose record a term takes in; null for one that takes in none, or by macro. */
export function takenIn(term: string): string | null {
  const name = /^(?:[+?~-]?include:|redirect=)(.+)$/i.exec(term)?.[1]?.toLowerCase() ?? null
  return name === null || name.includes('%') ? null : name
}

export type RecordsSeen = {
  readonly records: readonly string[]
  readonly lookUps: number
  /** Every address of ours passes by what is there. */
  readonly isOursIn: boolean
  /** Names that are taken in and have no record of their own. */
  readonly dead: readonly string[]
}

/** What is wrong or risky with the records at a name, the worst first. */
export function findingsOf({ records, lookUps, isOursIn, dead }: RecordsSeen): readonly SpfFindingText[] {
  const found: SpfFindingText[] = []
  const error = (text: string) => found.push({ kind: 'error', text })
  const warn = (text: string) => found.push({ kind: 'warning', text })
  if (records.length > 1) {
    error(`There are ${records.length} SPF records. Receivers then take none of them: make one of them all.`)
  }
  if (lookUps > LOOK_UPS_MAX) {
    error(
      `The record costs ${lookUps} look-ups. Above ${LOOK_UPS_MAX} it counts for nothing: take out senders that you no longer use.`,
    )
  } else if (lookUps >= LOOK_UPS_MAX - 1) {
    warn(`The record costs ${lookUps} of ${LOOK_UPS_MAX} look-ups: one more sender may be too many.`)
  }
  for (const name of dead) error(`${name} has no SPF record, so taking it in is an error. Remove that term.`)
  const terms = records.flatMap(termsOf)
  const all = terms.filter((term) => ALL.test(term))
  const [last] = all
  if (last !== undefined && /^\+?all$/i.test(last))
    error('It ends with +all: everybody in the world may send as you.')
  if (last?.startsWith('?')) warn(`It ends with ?all: ${QUALIFIER_WORDS['?']}.`)
  if (last === undefined && records.length > 0 && !terms.some((term) => /^redirect=/i.test(term))) {
    warn('It does not end with all: what others send is left open. End it with ~all or -all.')
  }
  if (last === '-all' && !isOursIn) {
    error('It ends with -all and does not take us in: receivers refuse what leaves through us.')
  }
  if (all.length > 1) warn('It has more than one all: what follows the first is never read.')
  for (const record of records) {
    const own = termsOf(record)
    const end = own.findIndex((term) => ALL.test(term))
    const unread = end === -1 ? [] : own.slice(end + 1).filter((term) => !/^exp=/i.test(term))
    if (unread.length > 0) error(`Nothing behind all is read: ${unread.join(' ')}.`)
    if (record.length > RECORD_CHARACTERS_MAX)
      warn('It is so long that some resolvers will not get it whole.')
  }
  const repeated = [...new Set(terms.filter((term, at) => terms.indexOf(term) !== at && !ALL.test(term)))]
  if (repeated.length > 0) warn(`Said twice: ${repeated.join(' ')}.`)
  if (terms.some((term) => /^[+?~-]?ptr(?::|$)/i.test(term))) {
    warn('ptr is slow and not to be used (RFC 7208 §5.5). Name the addresses instead.')
  }
  return found
}

/**
 * The record to enter: all terms of what is there, once each and in their order, our include in front of
 * `all`
 * where it is wanted, and one `all`. Null where what is there needs no change.
 */
export function editOf(
  records: readonly string[],
  {
    include,
    isWanted,
    dead,
  }: { readonly include: string; readonly isWanted: boolean; readonly dead: readonly string[] },
): { readonly before: string | null; readonly after: string } | null {
  if (records.length === 0) return { before: null, after: `v=spf1 include:${include} ~all` }
  const terms: string[] = []
  let all: string | null = null
  for (const record of records) {
    let isRead = true
    for (const term of termsOf(record)) {
      if (ALL.test(term)) {
        // Of several ends the softer one counts: what was taken must not be refused by a merge.
        all = all === null ? term : softer(all, term)
        isRead = false
      } else if (
        (isRead || /^exp=/i.test(term)) &&
        !terms.includes(term) &&
        !dead.includes(takenIn(term) ?? '')
      ) {
        terms.push(term)
      }
    }
  }
  const modifiers = terms.filter((term) => /^[a-z]+=/i.test(term))
  const mechanisms = terms.filter((term) => !/^[a-z]+=/i.test(term))
  const ours = `include:${include}`
  if (isWanted && !mechanisms.includes(ours)) mechanisms.push(ours)
  const hasRedirect = modifiers.some((term) => /^redirect=/i.test(term))
  const end = all === null ? (hasRedirect ? [] : ['~all']) : [/^\+?all$/i.test(all) ? '~all' : all]
  const after = ['v=spf1', ...mechanisms, ...end, ...modifiers].join(' ')
  const before = records.join('\n')
  const isSame = records.length === 1 && wordsOf(before) === wordsOf(after)
  return isSame ? null : { before, after }
}

function wordsOf(record: string): string {
  return record.trim().toLowerCase().split(/\s+/).join(' ')
}

const SOFTNESS: readonly string[] = ['-', '~', '?', '+']

function softer(one: string, other: string): string {
  const rank = (term: string): number => Math.max(0, SOFTNESS.indexOf(/^[+?~-]/.test(term) ? term[0]! : '+'))
  return rank(one) >= rank(other) ? one : other
}
