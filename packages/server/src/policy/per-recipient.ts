// Message policies judged for each recipient, and one reply for all of them (M4, decisions 8 and 11).
import { decide, type Gather, type Question } from './decide.ts'
import type { FactName } from './facts.ts'
import type { Policy, Verdict } from './policy.ts'
import { RULE_TYPES } from './rule.ts'
import { rulesOf } from './rules/index.ts'
import { recipientClass } from './rules/select.ts'

/** One recipient's question; `key` is its address key. All are of one transaction. */
export type RecipientQuestion = { readonly key: string; readonly question: Question }

/** Why a recipient of an accepted message is held although a policy wanted to refuse or defer it. */
export type HeldBecause = 'refused-for-this-recipient' | 'deferred-for-this-recipient'

/** What the one reply at the end of data says, and what becomes of each recipient when it is 250. */
export type Outcome =
  | { readonly kind: 'refuse'; readonly verdict: Verdict }
  | {
      readonly kind: 'accept'
      /** By recipient: null is queued; `by-policy` is a hold that a policy asked for. */
      readonly held: readonly (HeldBecause | 'by-policy' | null)[]
    }

/** Facts that are about a recipient. Every other fact is found out once a message. */
const OF_RECIPIENT: ReadonlySet<FactName> = new Set([
  'recipient',
  'managedSender',
  'impersonation',
  'firstContact',
])

type Decided = { readonly class: string; readonly verdict: Verdict }

/**
 * Decides for every recipient, in their order. A decision is made once for all recipients that meet the same
 * rules and of whom the same is known; most messages have one recipient and cost one decision.
 */
export function decideEach(
  policies: readonly Policy[],
  recipients: readonly RecipientQuestion[],
): readonly Verdict[] | Promise<readonly Verdict[]> {
  const [only] = recipients
  if (only === undefined) return []
  if (recipients.length > 1) return decideAll(policies, recipients)
  const verdict = decide(policies, only.question)
  return verdict instanceof Promise ? verdict.then((late) => [late]) : [verdict]
}

/**
 * One reply answers for all (RFC 5321 §3.3): refused only when nobody would get the message. What is refused
 * for some is accepted and held for them; a message that some would get later and nobody now is deferred.
 */
export function combine(verdicts: readonly Verdict[]): Outcome {
  const [first] = verdicts
  if (first === undefined) throw new Error('a message without recipients is not judged')
  if (!verdicts.some(({ kind }) => kind === 'accept' || kind === 'hold')) {
    return { kind: 'refuse', verdict: verdicts.find(({ kind }) => kind === 'defer') ?? first }
  }
  return { kind: 'accept', held: verdicts.map(({ kind }) => HELD[kind]) }
}

const HELD = {
  accept: null,
  hold: 'by-policy',
  reject: 'refused-for-this-recipient',
  defer: 'deferred-for-this-recipient',
} as const

async function decideAll(
  policies: readonly Policy[],
  recipients: readonly RecipientQuestion[],
): Promise<readonly Verdict[]> {
  const shared = sharedFacts(recipients[0]!.question.gather)
  const decided: Decided[] = []
  const verdicts: Verdict[] = []
  for (const { key, question } of recipients) {
    const own = withShared(question, shared)
    const group = classOf(question, key)
    const same = await firstLike(decided, group, own.gather)
    if (same !== null) {
      verdicts.push(same)
      continue
    }
    const verdict = await decide(policies, own)
    decided.push({ class: group, verdict })
    verdicts.push(verdict)
  }
  return verdicts
}

/** Outbound mail meets no rules, and a tenant without rules treats all recipients alike. */
function classOf({ settings, transaction }: Question, key: string): string {
  if (settings?.rules === undefined || transaction.direction === 'outbound') return ''
  return recipientClass(rulesOf(settings), RULE_TYPES, key)
}

/** A decision that was made with the same rules and the same facts. */
async function firstLike(
  decided: readonly Decided[],
  group: string,
  gather: Gather,
): Promise<Verdict | null> {
  for (const { class: other, verdict } of decided) {
    if (other === group && (await isAlike(verdict, gather))) return verdict
  }
  return null
}

async function isAlike({ facts }: Verdict, gather: Gather): Promise<boolean> {
  for (const name of OF_RECIPIENT) {
    const known = facts[name]
    if (known !== undefined && JSON.stringify(await gather(name)) !== JSON.stringify(known)) return false
  }
  return true
}

function sharedFacts(gather: Gather): Gather {
  const found = new Map<FactName, unknown>()
  const find = (name: FactName) => {
    if (!found.has(name)) found.set(name, gather(name))
    return found.get(name)
  }
  return find as Gather
}

function withShared(question: Question, shared: Gather): Question {
  const own = sharedFacts(question.gather)
  const find = (name: FactName) => (OF_RECIPIENT.has(name) ? own(name) : shared(name))
  return { ...question, gather: find as Gather }
}
