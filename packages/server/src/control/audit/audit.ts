// The audit log: every change with who, when, from where, before and after, written in the change's own
// transaction.
import type { AuditEntry } from '@gatepost/contract/tenant.ts'
import { newId } from '#platform/random.ts'
import type { Store, Trx } from '#store/open.ts'
import type { Row } from '#store/schema.ts'
import { type Page, pageOf } from '../page.ts'
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
}

/** Adds an entry; stored or lost together with the change it tells of. */
export async function appendAudit(trx: Trx, scope: AuditScope, event: AuditEvent): Promise<void> {
  await trx
    .insertInto('audit')
    .values({
      id: newId('aud', event.at),
      tenant_id: scope.tenantId,
      at: event.at,
      actor_kind: scope.actor.kind,
      actor_id: scope.actor.kind === 'person' ? scope.actor.id : null,
      actor: actorName(scope.actor),
      as_operator: scope.actor.kind === 'person' && scope.actor.asOperator ? 1 : 0,
      from_address: scope.from,
      action: event.action,
      subject: event.subject,
      before: jsonOf(event.before),
      after: jsonOf(event.after),
    })
    .execute()
}

/** Entries of one tenant, newest first. */
export async function listAudit(
  scope: Scope,
  query: { readonly limit: number; readonly after?: string | undefined },
  deps: { readonly store: Store },
): Promise<Page<AuditEntry>> {
  const { after } = query
  const rows = await deps.store.db
    .selectFrom('audit')
    .selectAll()
    .where('tenant_id', '=', scope.tenantId)
    .$if(after !== undefined, (select) => select.where('id', '<', after!))
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute()
  return pageOf(rows, query.limit, { item: entryOf, cursor: ({ id }) => id })
}

export function actorName(actor: Actor): string {
  return actor.name
}

function entryOf(row: Row<'audit'>): AuditEntry {
  const { id, at, actor, action, subject } = row
  return {
    id,
    at,
    actor,
    from: row.from_address,
    action,
    subject,
    before: row.before === null ? null : JSON.parse(row.before),
    after: row.after === null ? null : JSON.parse(row.after),
  }
}

function jsonOf(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value)
}
