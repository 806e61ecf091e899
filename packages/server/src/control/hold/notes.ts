// What reports say of held mail: who is held by what, and what became of it. Kept by `keepHeld`.
import { addressKey } from '@gatepost/mail/address.ts'
import type { AcceptedReport, DeliveryReport, Report } from '#link/reports.ts'
import type { ExplanationStep } from '#policy/policy.ts'

/** One held recipient of an accepted message. */
export type HeldMailNote = {
  readonly tenantId: string
  readonly messageId: string
  readonly index: number
  readonly recipient: string
  readonly mailbox: string
  readonly class: string
  readonly because: string
  readonly ruleName: string | null
  readonly score: number | null
  readonly author: string | null
  readonly reversePath: string | null
  readonly subject: string | null
  readonly size: number
  readonly direction: 'inbound' | 'outbound'
  readonly at: number
  /** A policy found that its author writes for the first time (F4). */
  readonly isFirstContact: boolean
  /** The author as known authors are named, where a release makes it known; null else. */
  readonly newAuthor: string | null
}

/** A decision about recipients, or mail that was held later. */
export type HeldOutcomeNote = {
  readonly tenantId: string
  readonly messageId: string
  readonly indexes: readonly number[]
  readonly outcome: 'held' | 'released' | 'rejected' | 'discarded'
  readonly at: number
  readonly by: string | null
  readonly text: string
}

export type HeldNotes = {
  readonly held: readonly HeldMailNote[]
  readonly outcomes: readonly HeldOutcomeNote[]
}

const OUTCOMES: { readonly [Name in DeliveryReport['outcome']]?: HeldOutcomeNote['outcome'] } = {
  held: 'held',
  released: 'released',
  discarded: 'discarded',
  // Of what a person or the end of the holding time returned; a host's refusal is of mail that was not held.
  bounced: 'rejected',
}

const FIRST_CONTACT: ReadonlySet<string> = new Set(['first-contact-tagged', 'first-contact-banner'])
const DECIDING: ReadonlySet<string> = new Set(['hold', 'reject', 'defer', 'blind-defer'])

/** Null for nearly every report, so it is asked of all of them. */
export function heldIn(report: Report): Partial<HeldNotes> | null {
  if (report.kind === 'accepted') return report.recipients.some(({ held }) => held) ? heldOf(report) : null
  if (report.kind !== 'delivery') return null
  const outcome = OUTCOMES[report.outcome]
  if (outcome === undefined || (outcome === 'rejected' && report.by === undefined)) return null
  const { tenantId, messageId, recipients, at, by = null, reply } = report
  return { outcomes: [{ tenantId, messageId, indexes: recipients, outcome, at, by, text: reply.text }] }
}

function heldOf(report: AcceptedReport): Partial<HeldNotes> {
  const { tenantId, id, at, author, reversePath, subject, size, direction } = report
  const held = report.recipients.flatMap(({ index, forwardPath, explanation, message, held }) => {
    if (held === undefined) return []
    const judged = message ?? report
    const step = decidingStep([...judged.explanation, ...explanation])
    return {
      tenantId,
      messageId: id,
      index,
      recipient: forwardPath,
      mailbox: addressKey(forwardPath),
      class: step?.policy ?? 'unknown',
      because: held === 'by-policy' ? (step?.because ?? 'held') : held,
      ruleName: step?.rule?.name ?? null,
      score: scoreOf(judged.facts),
      author,
      reversePath,
      subject,
      size,
      direction,
      at,
      isFirstContact: judged.explanation.some(({ because }) => FIRST_CONTACT.has(because)),
      newAuthor: newAuthorIn(judged.facts),
    }
  })
  return { held }
}

/** Whom the recipient did not know; only where a first-contact policy asked. */
function newAuthorIn({ firstContact }: AcceptedReport['facts']): string | null {
  if (firstContact?.kind !== 'known') return null
  const { author, wroteTo, isStale } = firstContact.value
  return wroteTo === 'recipient' && !isStale ? null : author
}

/** What held it: a refusal for this recipient is stronger than a hold, and a virus than anything. */
function decidingStep(explanation: readonly ExplanationStep[]): ExplanationStep | undefined {
  const steps = explanation.filter(({ kind }) => DECIDING.has(kind))
  return steps.find(({ policy }) => String(policy) === 'virus') ?? steps[0]
}

function scoreOf(facts: AcceptedReport['facts']): number | null {
  const spam = (facts as { readonly spam?: { readonly kind: string; readonly value?: unknown } }).spam
  const value = spam?.kind === 'known' ? (spam.value as { readonly score?: unknown }) : null
  return typeof value?.score === 'number' ? value.score : null
}
