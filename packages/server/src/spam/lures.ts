// What phish and spam ask of their reader, in the words of several languages: our own wording of what such
// mail is known to say, in lures.json. Matched against folded text (lower case, no accents).
import phrases from './lures.json' with { type: 'json' }

export type LureKind = (typeof LURE_KINDS)[number]

export const LURE_KINDS = [
  'confirm-account',
  'account-closed',
  'deadline',
  'password-expires',
  'mailbox-full',
  'payment-failed',
  'renewal',
  'invoice-due',
  'parcel',
  'prize',
  'points',
  'refund',
  'authority',
  'shared-document',
  'voice-message',
  'new-sign-in',
  'generic-greeting',
  'click-here',
  'wallet',
  'investment',
  'extortion',
  'advance-fee',
  'gift-cards',
  'bank-details',
  'dating',
  'casino',
  'loan',
  'medicine',
  'weight-loss',
  'replica',
  'cheap-software',
  'work-at-home',
  'bulk-offer',
  'stock-tip',
] as const

/** Each phrase is the source of a regular expression; gaps are bounded, so matching stays linear. */
const COMPILED: readonly (readonly [LureKind, RegExp])[] = LURE_KINDS.map((kind) => [
  kind,
  new RegExp(phrases[kind].join('|'), 'g'),
])

export type Lure = { readonly kind: LureKind; readonly saw: string; readonly count: number }

/** Hits of one kind that are counted: a tenth says nothing a third did not. */
const HITS_MAX = 3

/** The lures in folded text, with the words that showed each. */
export function luresIn(folded: string): Lure[] {
  const found: Lure[] = []
  for (const [kind, pattern] of COMPILED) {
    pattern.lastIndex = 0
    let saw = ''
    const seen = new Set<string>()
    for (let hit = pattern.exec(folded); hit !== null && seen.size < HITS_MAX; hit = pattern.exec(folded)) {
      if (saw === '') saw = hit[0].slice(0, 80)
      seen.add(hit[0])
      if (hit[0] === '') pattern.lastIndex++
    }
    if (seen.size > 0) found.push({ kind, saw, count: seen.size })
  }
  return found
}
