// What the audit log's actions are called; the words go before the subject: "Validated domain acme.example".
import type { AuditEntry } from '@gatepost/contract/audit.ts'

const words = new Map([
  ['tenant.created', 'Created'],
  ['tenant.changed', 'Changed'],
  ['person.created', 'Created'],
  ['session.opened', 'Accepted'],
  ['domain.added', 'Added'],
  ['domain.renewed', 'Renewed'],
  ['domain.validated', 'Validated'],
  ['domain.changed', 'Changed'],
  ['domain.removed', 'Removed'],
  ['user.added', 'Added'],
  ['user.changed', 'Changed'],
  ['user.removed', 'Removed'],
  ['users.imported', 'Ran user'],
  ['users.import-undone', 'Undid user'],
  ['route.added', 'Added'],
  ['route.changed', 'Changed'],
  ['route.removed', 'Removed'],
  ['route.tested', 'Tested'],
  ['route.arrival-confirmed', 'Confirmed the test message of'],
  ['outbound.authorised', 'Authorised'],
  ['outbound.revoked', 'Revoked'],
  ['delivery.paused', 'Paused delivery for'],
  ['delivery.resumed', 'Resumed delivery for'],
  ['step.skipped', 'Skipped'],
  ['step.resumed', 'Took up'],
  ['queue.retry', 'Retried'],
  ['queue.hold', 'Held'],
  ['queue.release', 'Released'],
  ['queue.bounce', 'Bounced'],
  ['queue.discard', 'Discarded'],
  ['queue.reroute', 'Rerouted'],
])

/** The entry as a sentence; null for an action that this console does not know yet. */
export function auditSentence({ action, subject }: Pick<AuditEntry, 'action' | 'subject'>): string | null {
  const verb = words.get(action)
  return verb === undefined ? null : `${verb} ${subject}`
}
