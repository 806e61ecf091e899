// Alerts and sends as the API shows them.
import { type Alert, AlertKind, type AlertSaid, type AlertSend } from '@gatepost/contract/alert.ts'
import type { AlertRow, Organisation, SendRow } from './store.ts'

export function shownAlert(row: AlertRow, organization: Organisation | null, now: number): Alert {
  return {
    id: row.id,
    organization:
      organization === null
        ? null
        : { id: organization.id, slug: organization.slug, name: organization.name },
    kind: AlertKind.parse(row.kind),
    subject: row.subject,
    severity: row.severity,
    state: stateOf(row, now),
    text: row.text,
    remedy: row.remedy,
    ...(row.said === null ? {} : { said: JSON.parse(row.said) as AlertSaid }),
    link: row.link,
    raisedAt: row.raised_at,
    seenAt: row.seen_at,
    clearedAt: row.cleared_at,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
    mutedUntil: row.muted_until,
    escalatedAt: row.escalated_at,
  }
}

export function shownSend(row: SendRow): AlertSend {
  return {
    id: row.id,
    event: row.event,
    channel: row.channel,
    target: row.target,
    state: row.state,
    attempts: row.attempts,
    createdAt: row.created_at,
    dueAt: row.due_at,
    sentAt: row.sent_at,
    why: row.why,
  }
}

function stateOf(row: AlertRow, now: number): Alert['state'] {
  if (row.cleared_at !== null) return 'cleared'
  if (row.muted_until !== null && row.muted_until > now) return 'muted'
  return row.acknowledged_at === null ? 'open' : 'acknowledged'
}
