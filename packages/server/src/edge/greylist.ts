// The edge's side of greylisting: asks for what is remembered of a sender, and notes what a decision came to.
import type { Mailbox } from '@gatepost/mail/address.ts'
import type { LookUps } from '#facts/gather.ts'
import type { GreylistFact, GreylistOutcome, GreylistQuestion } from '#facts/greylist/greylist.ts'
import type { Verdict } from '#policy/policy.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { Session } from './session.ts'
import type { Transaction } from './transaction.ts'

/** Which outcome each reason of the policy stands for. */
const OUTCOMES = new Map<string, GreylistOutcome>([
  ['greylist-first-contact', 'deferred'],
  ['greylist-retried-too-soon', 'deferred'],
  ['greylist-retried', 'retried'],
  ['greylist-passed-before', 'passed'],
  ['greylist-observed', 'observed'],
])

/** The fact for one recipient; null where this edge keeps no greylist. */
export function askGreylist(
  session: Session,
  transaction: Transaction,
  about: {
    readonly settings: TenantSettings | null
    readonly forwardPath: Mailbox | null
    readonly lookUps: LookUps
  },
): (() => GreylistFact | Promise<GreylistFact>) | null {
  const { greylist } = session.edge
  const { settings, forwardPath, lookUps } = about
  if (greylist === null || settings === null || forwardPath === null) return null
  return () => greylist.look({ ...questionOf(session, transaction, settings, forwardPath), ...lookUps })
}

/** Notes the outcome for one recipient. Nothing to note where the policy was not asked or had no fact. */
export function noteGreylisting(
  session: Session,
  transaction: Transaction,
  about: {
    readonly settings: TenantSettings | null
    readonly forwardPath: Mailbox | null
    readonly verdict: Pick<Verdict, 'explanation' | 'facts'>
  },
): void {
  const { greylist } = session.edge
  const { settings, forwardPath, verdict } = about
  const fact = verdict.facts.greylist
  if (greylist === null || settings === null || forwardPath === null || fact?.kind !== 'known') return
  const step = verdict.explanation.findLast(({ policy }) => policy === 'greylisting')
  const outcome = OUTCOMES.get(step?.because ?? '')
  if (outcome === undefined) return
  greylist.note(questionOf(session, transaction, settings, forwardPath), fact.value, outcome)
}

/** A message of somebody else was accepted: what proved its sender is remembered. */
export function learnSender(
  session: Session,
  transaction: Transaction,
  verdicts: readonly Pick<Verdict, 'kind' | 'facts'>[],
): void {
  const { edge, wire } = session
  const { settings, direction, reversePath } = transaction
  const accepted = verdicts.find(({ kind }) => kind === 'accept')
  if (edge.greylist === null || settings === null || direction !== 'inbound' || !accepted) return
  const { authentication } = accepted.facts
  if (authentication?.kind !== 'known') return
  edge.greylist.learn({
    tenantId: settings.tenantId,
    clientIp: wire.clientIp,
    reversePath,
    authentication: authentication.value,
    clientNames: edge.clientNames.peek(wire.clientIp),
  })
}

function questionOf(
  session: Session,
  { reversePath }: Transaction,
  { tenantId }: TenantSettings,
  forwardPath: Mailbox,
): Omit<GreylistQuestion, 'spf' | 'clientNames'> {
  const { clientIp } = session.wire
  const clientName = session.edge.clientNames.knownName(clientIp)
  return { tenantId, clientIp, clientName, helo: session.helo ?? '', reversePath, forwardPath }
}
