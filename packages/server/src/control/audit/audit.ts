// The audit log: every change with who, when, from where, before and after, written in the change's own
// transaction. The database itself refuses to change or remove an entry (migration 18).
import { newId } from '#platform/random.ts'
import type { Store, Trx } from '#store/open.ts'
import type { Actor, Scope } from '../scope.ts'

/** Whoever acts, with no tenant when the installation itself is meant. */
export type AuditScope = Pick<Scope, 'actor' | 'from'> & { readonly tenantId: string | null }

export type AuditEvent = {
  /** Verb of the past, such as `domain.added`. */
  readonly action: string
  /** What was changed, in words that stay readable later: `domain acme.example`. */
  readonly subject: string
  /** State before and after; never secrets. */
  readonly before: unknown
  readonly after: unknown
  readonly at: number
  /** `refused`: it was tried and did not happen. */
  readonly outcome?: 'done' | 'refused'
}

/** Adds an entry and returns its id; stored or lost together with the change it tells of. */
export async function appendAudit(trx: Trx, scope: AuditScope, event: AuditEvent): Promise<string> {
  const { actor } = scope
  const id = newId('aud', event.at)
  await trx
    .insertInto('audit')
    .values({
      id,
      tenant_id: scope.tenantId,
      at: event.at,
      actor_kind: actor.kind,
      actor_id: actor.kind === 'person' ? actor.id : null,
      actor: actorName(actor),
      as_operator: actor.kind === 'person' && actor.asOperator ? 1 : 0,
      outcome: event.outcome ?? 'done',
      from_address: scope.from,
      action: event.action,
      subject: event.subject,
      before: jsonOf(event.before),
      after: jsonOf(event.after),
    })
    .execute()
  return id
}

/**
 * Notes that somebody looked at content: what people wrote, not the settings about it. Call it before the
 * content leaves, so that no look goes unnoted.
 */
export async function auditLook(
  scope: Scope,
  look: { readonly action: string; readonly subject: string; readonly at: number; readonly of?: unknown },
  { store }: { readonly store: Store },
): Promise<void> {
  const { action, subject, at } = look
  const event = { action, subject, before: null, after: look.of ?? null, at }
  await store.transaction((trx) => appendAudit(trx, scope, event))
}

export function actorName(actor: Actor): string {
  return actor.name
}

function jsonOf(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value)
}
