// Greylisting: the first contact of an unknown sender is deferred; who comes again is known for 36 days
// (G1, G2, RFC 6647).
import { replies } from '@gatepost/mail/reply.ts'
import { formatDuration } from './duration.ts'
import type { Fact, Facts, GreylistMemory } from './facts.ts'
import {
  definePolicy,
  type Opinion,
  type PolicyTransaction,
  type RuleRef,
  type WantedFacts,
} from './policy.ts'
import { rulesOf } from './rules/index.ts'
import { selectRule } from './rules/select.ts'
import { NAMES_NOT_ASKED, subjectOf } from './rules/subject.ts'
import type { TenantSettings } from './settings.ts'

/** A retry counts from here on; sooner ones are deferred again (G1). */
export const GREYLIST_DELAY_MS = 60_000
/** A retry counts until here; behind it an attempt is a first one again (G1). */
export const GREYLIST_WINDOW_MS = 12 * 3_600_000

type Wanted = WantedFacts<'greylist' | 'clientNames'>
type Choice = { readonly action: 'apply' | 'observe' | 'none'; readonly rule: RuleRef | undefined }

/** At RCPT, for every sender that names itself. */
export const greylisting = definePolicy({
  name: 'greylisting',
  stage: 'rcpt',
  needs: [],
  wants: (transaction, settings) =>
    transaction.reversePath === null ? NOTHING : wantsOf(transaction, settings),
  whenBlind: () => 'continue', // Losing the greylist must not stop the mail.
  judge(transaction, _facts, settings, wanted = {}) {
    if (transaction.reversePath === null && transaction.direction === 'inbound') {
      return { kind: 'continue', because: 'greylist-null-reverse-path', saw: 'MAIL FROM:<>' }
    }
    return judge(transaction, settings, wanted)
  },
})

/**
 * With a null reverse-path the content is waited for: who only asks whether an address exists (a call-out
 * for mail of ours) ends before it and is not deferred; a bounce is.
 */
export const greylistingOfBounces = definePolicy({
  name: 'greylisting',
  stage: 'message',
  needs: [],
  wants: (transaction, settings) =>
    transaction.reversePath === null ? wantsOf(transaction, settings) : NOTHING,
  whenBlind: () => 'continue',
  judge(transaction, _facts, settings, wanted = {}) {
    if (transaction.reversePath !== null) {
      return { kind: 'continue', because: 'greylist-judged-at-rcpt', saw: 'there is a reverse-path' }
    }
    return judge(transaction, settings, wanted)
  },
})

const NOTHING: readonly never[] = []

/** Nothing is looked up where no rule asks for greylisting, and names only where a rule rests on them. */
function wantsOf(
  transaction: PolicyTransaction,
  settings: TenantSettings | null,
): readonly ('greylist' | 'clientNames')[] {
  if (settings === null || transaction.direction !== 'inbound') return NOTHING
  if (rulesOf(settings).ofType('greylisting')?.client.asksForHostNames) return ['clientNames', 'greylist']
  return choose(transaction, settings, NAMES_NOT_ASKED).action === 'none' ? NOTHING : ['greylist']
}

function judge(transaction: PolicyTransaction, settings: TenantSettings | null, wanted: Wanted): Opinion {
  if (transaction.direction !== 'inbound' || settings === null) {
    return { kind: 'continue', because: 'greylist-outbound', saw: 'mail of the tenant' }
  }
  const { action, rule } = choose(transaction, settings, wanted.clientNames ?? NAMES_NOT_ASKED)
  const saw = rule === undefined ? 'no rule of this type' : `rule “${rule.name}”`
  if (action === 'none') return { kind: 'continue', because: 'greylist-not-applied', saw, rule }
  const { greylist = { kind: 'unknown', why: 'not gathered' } } = wanted
  if (greylist.kind === 'unknown') {
    return { kind: 'continue', because: 'greylist-unknown', saw: greylist.why, rule }
  }
  const found = judgeMemory(greylist.value)
  if (found.kind === 'continue' || action === 'apply') return { ...found, rule }
  const because = greylist.value.isObserved ? 'greylist-observed-before' : 'greylist-observed'
  return { kind: 'continue', because, saw: found.saw, rule }
}

/** The greylist's own rule, without administrators' rules. Pure; a table test spells it out. */
export function judgeMemory(memory: GreylistMemory): Opinion {
  const { identity, at, passedAt } = memory
  if (passedAt !== null) {
    const saw = `${identity}, last seen ${formatDuration(at - passedAt)} ago`
    return { kind: 'continue', because: 'greylist-passed-before', saw }
  }
  const since = firstAttempt(memory)
  if (since === null) {
    return { kind: 'defer', because: 'greylist-first-contact', saw: identity, reply: replies.greylisted }
  }
  const saw = `${identity}, first attempt ${formatDuration(at - since)} ago`
  return at - since < GREYLIST_DELAY_MS
    ? { kind: 'defer', because: 'greylist-retried-too-soon', saw, reply: replies.greylisted }
    : { kind: 'continue', because: 'greylist-retried', saw }
}

/** The attempt that this one is a retry of; of an unproven sender only the same message counts. */
function firstAttempt({ isProven, firstAttemptAt, sameMessageAt, at }: GreylistMemory): number | null {
  const times = [sameMessageAt, isProven ? firstAttemptAt : null]
  const open = times.filter((time) => time !== null && at - time <= GREYLIST_WINDOW_MS) as number[]
  return open.length === 0 ? null : Math.min(...open)
}

/** The rule of the transaction. One that might exempt the client, if its names were known, does (law 4). */
function choose(
  transaction: PolicyTransaction,
  settings: TenantSettings,
  clientNames: Fact<Facts['clientNames']>,
): Choice {
  const subject = subjectOf(transaction, null, { clientNames })
  if (subject === null) return { action: 'none', rule: undefined }
  const { rule, blindTo } = selectRule(rulesOf(settings), 'greylisting', subject)
  const chosen = blindTo?.option.action === 'none' ? blindTo : rule
  if (chosen === null) return { action: 'none', rule: undefined }
  return { action: chosen.option.action, rule: { id: chosen.id, name: chosen.name } }
}
