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

/**
 * Facts that are about a recipient; whose SPF is asked for follows from the rules about it. Every other fact
 * is found out once a message.
 */
const OF_RECIPIENT: readonly FactName[] = [
  'recipient',
  'managedSender',
  'impersonation',
  'firstContact',
  'listedSpf',
]
const IS_OF_RECIPIENT: ReadonlySet<FactName> = new Set(OF_RECIPIENT)

/**
 * The decisions of recipients that meet the same rules. Which facts a decision asks for follows from those it
 * found, so there are a few sets of them; each set has its decisions by what was found.
 */
type Group = Map<string, { readonly names: readonly FactName[]; readonly verdicts: Map<string, Verdict> }>

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
  const groups = new Map<string, Group>()
  const verdicts: Verdict[] = []
  for (const { key, question } of recipients) {
    const own = withShared(question, shared)
    const name = classOf(question, key)
    const group: Group = groups.get(name) ?? new Map()
    groups.set(name, group)
    const same = await decidedLike(group, own.gather)
    if (same !== null) {
      verdicts.push(same)
      continue
    }
    const verdict = await decide(policies, own)
    remember(group, verdict)
    verdicts.push(verdict)
  }
  return verdicts
}

/** What of a recipient its rules look at. A tenant without rules treats all recipients alike. */
function classOf({ settings }: Question, key: string): string {
  return settings?.rules === undefined ? '' : recipientClass(rulesOf(settings), RULE_TYPES, key)
}

/** A decision that was made with the same rules and the same facts. */
async function decidedLike(group: Group, gather: Gather): Promise<Verdict | null> {
  for (const { names, verdicts } of group.values()) {
    const facts: unknown[] = []
    for (const name of names) facts.push(await gather(name))
    const found = verdicts.get(JSON.stringify(facts))
    if (found !== undefined) return found
  }
  return null
}

function remember(group: Group, verdict: Verdict): void {
  const names = OF_RECIPIENT.filter((name) => verdict.facts[name] !== undefined)
  const set = names.join(' ')
  const decided = group.get(set) ?? { names, verdicts: new Map<string, Verdict>() }
  group.set(set, decided)
  decided.verdicts.set(JSON.stringify(names.map((name) => verdict.facts[name])), verdict)
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
  const find = (name: FactName) => (IS_OF_RECIPIENT.has(name) ? own(name) : shared(name))
  return { ...question, gather: find as Gather }
}
