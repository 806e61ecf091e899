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
  ['messages.exported', 'Exported'],
  ['audit.exported', 'Exported the'],
  ['audit.cut', 'Removed by retention:'],
  ['role.created', 'Made'],
  ['role.changed', 'Changed'],
  ['role.removed', 'Removed'],
  ['administrator.invited', 'Invited'],
  ['administrator.changed', 'Changed the role of'],
  ['administrator.removed', 'Took the role of'],
  ['invitation.accepted', 'Accepted the invitation:'],
  ['invitation.removed', 'Took back the invitation of'],
  ['group-role.given', 'Gave a role to'],
  ['group-role.removed', 'Took the role of'],
  ['operator.admitted', 'Admitted as operator:'],
  ['operator.left', 'No operator here any more:'],
  ['operator.entered', 'Looked at this organisation from outside:'],
  ['operator.invited', 'Invited as operator:'],
  ['operator.changed', 'Changed'],
  ['token.created', 'Made'],
  ['token.revoked', 'Revoked'],
  ['key.rotated', 'Rotated the'],
  ['key.resealed', 'Sealed anew:'],
  ['key.dropped', 'Removed the'],
  ['retention.changed', 'Changed'],
  ['retention.applied', 'Removed by retention:'],
  ['person.exported', 'Exported the data of'],
  ['person.erased', 'Erased the data of'],
  ['request.refused', 'Was refused:'],
])

/** The entry as a sentence; null for an action that this console does not know yet. */
export function auditSentence({ action, subject }: Pick<AuditEntry, 'action' | 'subject'>): string | null {
  const verb = words.get(action)
  return verb === undefined ? null : `${verb} ${subject}`
}

/** An action in a list of actions: `domain added`. */
export function actionWord(action: string): string {
  return action.replace('.', ': ').replaceAll('-', ' ')
}
