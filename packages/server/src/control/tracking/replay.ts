// Asks the policies again about a message that came earlier: from its stored facts, with any settings
// (decisions 38). What was not found out then stays unknown, and is said to be.
import { mailboxOf } from '@gatepost/mail/address.ts'
import { decide, type Gather } from '#policy/decide.ts'
import { known, unknown } from '#policy/facts.ts'
import { messagePolicies, rcptPolicies } from '#policy/order.ts'
import type { ExplanationStep, GatheredFacts, PolicyTransaction, Stage, Verdict } from '#policy/policy.ts'
import { relayOf } from '#policy/relay.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { MessageBody } from './body.ts'

/** One decision as it was stored, for one recipient. */
export type Decision = {
  readonly stage: Stage
  readonly transaction: PolicyTransaction
  readonly facts: GatheredFacts
  readonly step: ExplanationStep
}

export type Replayed = {
  readonly kind: Verdict['kind']
  /** The step that settled it; null for a plain accept. */
  readonly step: ExplanationStep | null
  /** Policies that wanted a fact which nobody found out then. */
  readonly open: readonly string[]
}

export type Record = {
  readonly tenantId: string
  readonly at: number
  readonly direction: 'inbound' | 'outbound' | null
  readonly reversePath: string | null
  readonly forwardPath: string | null
  readonly body: MessageBody
}

const NOT_THEN = 'not looked at then'
const REFUSING: ReadonlySet<string> = new Set(['defer', 'reject', 'blind-defer'])

/** The decision that made the message's fate: the first that refused or deferred, else the first hold. */
export function decisionOf(record: Record): Decision | null {
  const { body } = record
  const wholes = [
    { forwardPath: record.forwardPath, explanation: body.explanation, facts: body.facts },
    ...body.recipients.flatMap(({ forwardPath, explanation, facts, message }) => [
      { forwardPath, explanation, facts },
      ...(message ? [{ forwardPath, explanation: message.explanation, facts: message.facts }] : []),
    ]),
  ]
  for (const isWanted of [(kind: string) => REFUSING.has(kind), (kind: string) => kind === 'hold']) {
    for (const { forwardPath, explanation, facts } of wholes) {
      const step = explanation.find(({ kind }) => isWanted(kind))
      if (step)
        return {
          stage: step.stage,
          step,
          facts: withName(facts, body),
          transaction: transactionOf(record, forwardPath),
        }
    }
  }
  return null
}

/** The name that led back to the client is a verified one, whether a rule asked for it then or not. */
function withName(facts: GatheredFacts, { client }: MessageBody): GatheredFacts {
  const name = client?.name?.toLowerCase()
  return facts.clientNames !== undefined || !name ? facts : { ...facts, clientNames: known([name]) }
}

function transactionOf(record: Record, forwardPath: string | null): PolicyTransaction {
  const { tenantId, at, direction, reversePath, body } = record
  return {
    clientIp: body.client?.ip ?? '',
    helo: body.client?.helo ?? '',
    reversePath: reversePath === null ? null : mailboxOf(reversePath),
    forwardPath: forwardPath === null ? null : mailboxOf(forwardPath),
    tenantId,
    direction,
    ...(body.client ? { clientTls: body.client.tls?.version ?? null } : {}),
    now: at,
  }
}

/** Asks again. Answers at once, since nothing is looked up. */
export function askAgain({ stage, transaction, facts }: Decision, settings: TenantSettings): Replayed {
  const policies = stage === 'rcpt' ? rcptPolicies : messagePolicies
  const gather = ((name: keyof GatheredFacts) => facts[name] ?? unknown(NOT_THEN)) as Gather
  const verdict = decide(policies, { transaction: directed(stage, transaction, facts), settings, gather })
  if (verdict instanceof Promise) throw new Error('a stored fact had to be waited for')
  const open = verdict.explanation.filter(({ saw }) => saw.includes(NOT_THEN)).map(({ policy }) => policy)
  const step =
    verdict.explanation.find(({ policy, kind }) => policy === verdict.by && kind !== 'continue') ?? null
  // Blind for want of a fact that was never looked for: it would be asked then, and nobody knows the answer.
  const isOpen = step !== null && step.kind === 'blind-defer' && step.saw.includes(NOT_THEN)
  return isOpen ? { kind: 'accept', step: null, open } : { kind: verdict.kind, step, open }
}

/** At RCPT the direction follows from the relay fact; a change of that fact may turn it. */
function directed(stage: Stage, transaction: PolicyTransaction, { relay }: GatheredFacts): PolicyTransaction {
  if (stage !== 'rcpt' || relay?.kind !== 'known') return transaction
  const direction = relayOf(relay.value, transaction.reversePath === null)?.direction ?? null
  return { ...transaction, direction }
}
