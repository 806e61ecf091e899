// Reports become rows: pure, and the same for both databases. Runs in the tracking thread, so it stays cheap.

import type { ReadReport } from '#link/report-batch.ts'
import type { AcceptedReport, DeliveryReport, RefusedReport, Report } from '#link/reports.ts'
import type { ExplanationStep } from '#policy/policy.ts'
import type { NewAttemptRow, NewMessageRow } from '#store/tracking-schema.ts'
import { dayOfId } from './days.ts'
import { lettersOf, statusOf } from './status.ts'
import { messageWords, RECIPIENTS_INDEXED_MAX } from './words.ts'

export type MessageRows = { readonly message: NewMessageRow; readonly words: ReadonlySet<string> }
export type Place = { readonly node: string; readonly slot: number }

/** The tenant that validated a domain, if any. */
export type TenantOfDomain = (domain: string) => string | undefined

/**
 * Whose message centre shows a refusal: the tenant that was found; else that of the reverse-path's domain
 * (its own host may be the one that is not authorised yet); else of the forward-path's; else the only one
 * that authorised the client.
 */
export function tenantOfRefusal(report: RefusedReport, tenantOfDomain: TenantOfDomain): string | null {
  if (report.tenantId !== null) return report.tenantId
  const owner = tenantOf(report.reversePath, tenantOfDomain) ?? tenantOf(report.forwardPath, tenantOfDomain)
  if (owner) return owner
  const relay = report.facts.relay
  const authorized = relay?.kind === 'known' ? relay.value.authorizedFor : []
  return authorized.length === 1 ? authorized[0]! : null
}

/** A report about a message itself, as it was read. */
export type ReadMessage = Omit<ReadReport, 'report'> & { readonly report: AcceptedReport | RefusedReport }

/** The day file that a report belongs into. */
export function dayOfReport(report: Report): number {
  return dayOfId(report.kind === 'delivery' ? report.messageId : report.id)!
}

export function messageRows(
  { report, text, rules }: ReadMessage,
  place: Place,
  tenantOfDomain: TenantOfDomain,
): MessageRows {
  const context = { place, day: dayOfReport(report), text, tenantOfDomain }
  return report.kind === 'accepted' ? acceptedRows(report, rules, context) : refusedRows(report, context)
}

type RowContext = {
  readonly place: Place
  readonly day: number
  /** The report as it is stored. */
  readonly text: string
  readonly tenantOfDomain: TenantOfDomain
}

function acceptedRows(
  report: AcceptedReport,
  rules: readonly string[] | null,
  { place, day, text }: RowContext,
): MessageRows {
  const { client, explanation, messageIdField, recipients } = report
  const letters = lettersOfAccepted(report)
  const indexed = recipients.slice(0, RECIPIENTS_INDEXED_MAX).map(({ forwardPath }) => forwardPath)
  return {
    message: {
      day,
      id: report.id,
      tenant_id: report.tenantId,
      at: report.at,
      direction: report.direction,
      status: statusOf(letters),
      reverse_path: report.reversePath,
      author: report.author,
      forward_path: recipients[0]?.forwardPath ?? null,
      recipient_count: recipients.length,
      subject: report.subject,
      reason: heldReason(report),
      client_ip: client?.ip ?? null,
      size: report.size,
      count: 1,
      node: place.node,
      slot: place.slot,
      statuses: letters,
      delay_ms: null,
      body: text,
      attempt: null,
    },
    words: messageWords({
      addresses: [report.reversePath, report.author, ...indexed],
      subject: report.subject,
      messageIdField,
      clientIp: client?.ip ?? null,
      causes:
        rules?.map(ruleWord) ??
        causesOf([
          explanation,
          ...recipients.flatMap((recipient) => [recipient.explanation, recipient.message?.explanation ?? []]),
        ]),
    }),
  }
}

/** Why an accepted message is held; empty for what goes on its way. */
function heldReason({ explanation, recipients }: AcceptedReport): string {
  const own = recipients.find(({ held }) => held !== undefined)
  const steps = own?.message?.explanation ?? explanation
  const step = steps.find(({ kind }) => kind === 'hold' || DECIDING.has(kind))
  return step?.because ?? ''
}

/** Recipients may be held apart; a report of the first release only said so of the message. */
function lettersOfAccepted({ verdict, recipients }: AcceptedReport): string {
  if (!recipients.some(({ held }) => held !== undefined)) {
    return lettersOf(verdict === 'hold' ? 'held' : 'queued', recipients.length)
  }
  return recipients.map(({ held }) => lettersOf(held === undefined ? 'queued' : 'held', 1)).join('')
}

function refusedRows(report: RefusedReport, { place, day, text, tenantOfDomain }: RowContext): MessageRows {
  const { client, explanation, messageIdField, reply, forwardPath } = report
  return {
    message: {
      day,
      id: report.id,
      tenant_id: tenantOfRefusal(report, tenantOfDomain) ?? '',
      at: report.at,
      direction: report.direction,
      status: report.outcome,
      reverse_path: report.reversePath,
      author: report.author,
      forward_path: forwardPath,
      recipient_count: forwardPath === null ? 0 : 1,
      subject: report.subject,
      reason: decidingReason(report) ?? replyText(reply),
      client_ip: client.ip,
      size: null,
      count: report.count,
      node: place.node,
      slot: place.slot,
      statuses: lettersOf(report.outcome === 'refused' ? 'refused' : 'deferred', 1),
      delay_ms: null,
      body: text,
      attempt: null,
    },
    words: messageWords({
      addresses: [report.reversePath, report.author, forwardPath],
      subject: report.subject,
      messageIdField,
      clientIp: client.ip,
      causes: causesOf([explanation]),
    }),
  }
}

export function attemptRow(report: DeliveryReport, text: string): NewAttemptRow {
  return {
    day: dayOfReport(report),
    message_id: report.messageId,
    id: report.id,
    tenant_id: report.tenantId,
    at: report.at,
    body: text,
  }
}

/** `451 4.7.1 Open relay not allowed`; without the code where there was no reply. */
export function replyText({ code, status, text }: DeliveryReport['reply']): string {
  if (code === 0) return text
  return status === null ? `${code} ${text}` : `${code} ${status} ${text}`
}

const DECIDED: ReadonlyMap<DeliveryReport['outcome'], string> = new Map([
  ['held', 'Held'],
  ['released', 'Released'],
  ['bounced', 'Returned to the sender'],
  ['discarded', 'Discarded'],
  ['rerouted', 'Sent to another route'],
])

/** Why a message is where it is, for its row: who decided, or what was replied. */
export function outcomeText({ outcome, by, reply }: DeliveryReport): string {
  if (by === undefined) return replyText(reply)
  // A reply is in our words for the sender; without one the text is the reason that was given.
  if (reply.code !== 0 && outcome === 'held') return `Held as undeliverable by ${by}: nobody may be told`
  const words = `${DECIDED.get(outcome) ?? outcome} by ${by}`
  return reply.code !== 0 || reply.text === '' ? words : `${words}: ${reply.text}`
}

export function domainOf(address: string | null): string | null {
  if (address === null) return null
  const at = address.lastIndexOf('@')
  return at < 0 ? null : address.slice(at + 1).toLowerCase()
}

/** The step that refused or deferred. */
export function decidingReason({
  explanation,
}: Pick<Report & { kind: 'refused' }, 'explanation'>): string | null {
  return explanation.find(({ kind }) => DECIDING.has(kind))?.because ?? null
}

const DECIDING: ReadonlySet<string> = new Set(['defer', 'reject', 'blind-defer'])
const ACTING: ReadonlySet<string> = new Set([...DECIDING, 'hold', 'waive'])
/** Explanations looked at: recipients beyond the first hundred differ from none of them by much. */
const EXPLANATIONS_MAX = 100

/** The words a message is found by for what decided it: reason, policies that acted, rules that applied. */
function causesOf(explanations: readonly (readonly ExplanationStep[])[]): readonly string[] {
  const causes = new Set<string>()
  for (const explanation of explanations.slice(0, EXPLANATIONS_MAX)) {
    for (const { kind, policy, because, rule } of explanation) {
      if (rule !== undefined) causes.add(ruleWord(rule.id))
      if (!ACTING.has(kind)) continue
      causes.add(`policy:${policy}`)
      if (kind !== 'waive') causes.add(`reason:${because}`)
    }
  }
  return [...causes]
}

const ruleWord = (id: string): string => `rule:${id}`

function tenantOf(address: string | null, tenantOfDomain: TenantOfDomain): string | null {
  const domain = domainOf(address)
  return domain === null ? null : (tenantOfDomain(domain) ?? null)
}
