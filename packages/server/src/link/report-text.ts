// The form in which reports cross and are stored. What was judged is most of a report and names are most of
// that: it goes as flat lists with numbers for names (`kept`), behind what control reads of every message.
import type { Fact } from '#policy/facts.ts'
import type { ExplanationStep, GatheredFacts } from '#policy/policy.ts'
import { FACT_NAMES, POLICY_NAMES, REASON_NAMES, STEP_KINDS } from './report-names.ts'
import type { AcceptedReport, EdgeReport, RefusedReport } from './reports.ts'

/**
 * A list of steps: for each its code, what it saw, and id and name of its rule where it has one. Names that
 * have no number make the code a text: `rcpt continue relay some-new-reason`, with ` rule` behind.
 */
export type PackedSteps = readonly (number | string)[]

/**
 * Facts: for each its number (or name) and its value. One that is unknown has the bitwise complement of the
 * number (or `?` before the name), and why.
 */
export type PackedFacts = readonly unknown[]

/** What was judged for all; then a list a recipient, with their own verdict behind where they have one. */
export type Kept = readonly unknown[]

/**
 * Between what control reads of every message and `kept`; never inside of JSON texts, where it is escaped.
 */
export const KEPT_MARK = '\t'

type Reasons = ReadonlySet<string>
const reasons = (...names: readonly ExplanationStep['because'][]): Reasons => new Set(names)

/** Recipients that were taken without being on the list. */
export const UNLISTED_REASONS = reasons('accept-all', 'recipient-learning', 'host-silent')

/** An internal sender from outside: what the anti-spoofing policies say of one. */
export const CLAIM_REASONS = reasons(
  'spoofing',
  'spoofing-reported',
  'spoofing-exempt',
  'spoofing-aligned',
  'spoofing-spf-listed',
  'spoofing-dkim-listed',
  'spoofing-proof-unknown',
  'no-spoofing-rule',
)

/** Reasons of which tracking notes something: a report that was judged by one is read whole. */
export const TELLING_REASONS: Reasons = new Set([
  ...UNLISTED_REASONS,
  ...CLAIM_REASONS,
  ...reasons(
    'permitted-by-recipient',
    'permitted-by-auto-allow',
    'auto-allow-sampled',
    'blocked-by-recipient',
  ),
])
const DULL_KINDS: ReadonlySet<string> = new Set(['continue', 'waived', 'blind-continue', 'not-asked'])

/** Recipients of a message that is not read whole: it stays a few pages long. */
const DULL_RECIPIENTS_MAX = 50

/**
 * A report as JSON on one line. Those about messages are whole reports without their steps and facts, so
 * that a control of before reads them too, and `kept` behind. `rules` says that nothing in `kept` matters for
 * rows, words and notes but these rules.
 */
export function reportText(report: EdgeReport): string {
  if (report.kind !== 'accepted' && report.kind !== 'refused') return JSON.stringify(report)
  const seen: Seen = { isDull: report.kind === 'accepted' && isDull(report), rules: new Set() }
  const kept = keptOf(report, seen)
  const head = JSON.stringify({
    ...report,
    explanation: [],
    facts: {},
    ...('recipients' in report ? { recipients: report.recipients.map(bare) } : {}),
    ...(seen.isDull ? { rules: [...seen.rules] } : {}),
  })
  return `${head.slice(0, -1)},${KEPT_MARK}"kept":${JSON.stringify(kept)}}`
}

type Recipient = AcceptedReport['recipients'][number]

const NO_STEPS: readonly ExplanationStep[] = []
const NO_FACTS: GatheredFacts = {}

function bare({ index, forwardPath, forwarded, held }: Recipient): Recipient {
  return { index, forwardPath, forwarded, explanation: NO_STEPS, facts: NO_FACTS, held }
}

/** Whether steps told something, and the rules they rest on. */
type Seen = { isDull: boolean; readonly rules: Set<string> }

function isDull({ verdict, recipients, facts }: AcceptedReport): boolean {
  if (verdict !== 'accept' || recipients.length > DULL_RECIPIENTS_MAX) return false
  const contact = facts.firstContact
  if (contact?.kind === 'known' && (contact.value.wroteTo !== 'recipient' || contact.value.isStale))
    return false
  return recipients.every(({ held, message, facts: { relay } }) => {
    if (held !== undefined || message !== undefined) return false
    return relay?.kind !== 'known' || relay.value.cloud == null
  })
}

function keptOf(report: AcceptedReport | RefusedReport, seen: Seen): Kept {
  const kept: unknown[] = [packSteps(report.explanation, seen), packFacts(report.facts)]
  if (report.kind === 'refused') return kept
  for (const { explanation, facts, message } of report.recipients) {
    const own = [packSteps(explanation, seen), packFacts(facts)]
    kept.push(
      message === undefined
        ? own
        : [...own, message.verdict, packSteps(message.explanation, seen), packFacts(message.facts)],
    )
  }
  return kept
}

const numbersOf = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map(names.map((name, number) => [name, number]))
const POLICIES = numbersOf(POLICY_NAMES)
const KINDS = numbersOf(STEP_KINDS)
const REASONS = numbersOf(REASON_NAMES)
const FACTS = numbersOf(FACT_NAMES)

/** Bits of a code, from the lowest: rule, stage, kind, policy, reason. */
const HAS_RULE = 1
const AT_MESSAGE = 2
const KIND_AT = 2
const POLICY_AT = 6
const REASON_AT = 13
const KIND_BITS = 0b1111
const POLICY_BITS = 0b111_1111
const RULE_WORD = ' rule'

function packSteps(steps: readonly ExplanationStep[], seen: Seen): PackedSteps {
  const packed: (number | string)[] = []
  for (const step of steps) {
    const { kind, because, saw, rule } = step
    packed.push(codeOf(step), saw)
    if (TELLING_REASONS.has(because) || !DULL_KINDS.has(kind)) seen.isDull = false
    if (rule === undefined) continue
    packed.push(rule.id, rule.name)
    seen.rules.add(rule.id)
  }
  return packed
}

function codeOf({ policy, stage, kind, because, rule }: ExplanationStep): number | string {
  const reason = REASONS.get(because)
  const name = POLICIES.get(policy)
  const what = KINDS.get(kind)
  if (reason === undefined || name === undefined || what === undefined) {
    return `${stage} ${kind} ${policy} ${because}${rule === undefined ? '' : RULE_WORD}`
  }
  const flags = (stage === 'message' ? AT_MESSAGE : 0) | (rule === undefined ? 0 : HAS_RULE)
  return (reason << REASON_AT) | (name << POLICY_AT) | (what << KIND_AT) | flags
}

/** The steps of a list; null where it is none. A number that only a newer release knows stays a number. */
export function unpackSteps(packed: unknown): ExplanationStep[] | null {
  if (!Array.isArray(packed)) return null
  const steps: ExplanationStep[] = []
  for (let at = 0; at < packed.length; ) {
    const read = readCode(packed[at])
    const saw: unknown = packed[at + 1]
    if (read === null || typeof saw !== 'string') return null
    at += 2
    if (!read.hasRule) {
      steps.push({ ...read.named, saw })
      continue
    }
    const [id, name]: readonly unknown[] = [packed[at], packed[at + 1]]
    if (typeof id !== 'string' || typeof name !== 'string') return null
    steps.push({ ...read.named, saw, rule: { id, name } })
    at += 2
  }
  return steps
}

type Named = Pick<ExplanationStep, 'policy' | 'stage' | 'kind' | 'because'>

function readCode(code: unknown): { readonly named: Named; readonly hasRule: boolean } | null {
  if (typeof code === 'string') {
    const [stage, kind, policy, because, rule] = code.split(' ')
    if ((stage !== 'rcpt' && stage !== 'message') || because === undefined) return null
    return { named: { policy, stage, kind, because } as Named, hasRule: rule !== undefined }
  }
  if (!Number.isSafeInteger(code) || (code as number) < 0) return null
  const bits = code as number
  const named = {
    policy: nameOf(POLICY_NAMES, (bits >> POLICY_AT) & POLICY_BITS),
    stage: (bits & AT_MESSAGE) === 0 ? 'rcpt' : 'message',
    kind: nameOf(STEP_KINDS, (bits >> KIND_AT) & KIND_BITS),
    because: nameOf(REASON_NAMES, bits >> REASON_AT),
  } as Named
  return { named, hasRule: (bits & HAS_RULE) !== 0 }
}

function nameOf(names: readonly string[], number: number): string {
  return names[number] ?? `number-${number}`
}

export function packFacts(facts: GatheredFacts): PackedFacts {
  const packed: unknown[] = []
  for (const name in facts) {
    const fact: Fact<unknown> | undefined = facts[name as keyof GatheredFacts]
    if (fact === undefined) continue
    const number = FACTS.get(name)
    if (fact.kind === 'known') packed.push(number ?? name, fact.value)
    else packed.push(number === undefined ? `?${name}` : ~number, fact.why)
  }
  return packed
}

/** The facts of a list; null where it is none. */
export function unpackFacts(packed: unknown): GatheredFacts | null {
  if (!Array.isArray(packed) || packed.length % 2 !== 0) return null
  const facts = new Map<string, Fact<unknown>>()
  for (let at = 0; at < packed.length; at += 2) {
    const [key, value]: readonly unknown[] = [packed[at], packed[at + 1]]
    const isUnknown = typeof key === 'string' ? key.startsWith('?') : Number(key) < 0
    if (isUnknown && typeof value !== 'string') return null
    const name = factName(key, isUnknown)
    if (name === null) return null
    facts.set(name, isUnknown ? { kind: 'unknown', why: String(value) } : { kind: 'known', value })
  }
  return Object.fromEntries(facts) as GatheredFacts
}

function factName(key: unknown, isUnknown: boolean): string | null {
  if (typeof key === 'string') return isUnknown ? key.slice(1) : key
  if (!Number.isSafeInteger(key)) return null
  return nameOf(FACT_NAMES, isUnknown ? ~(key as number) : (key as number))
}
