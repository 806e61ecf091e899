// What is held, by message: the list of the console, its figures, and one message with all recipients (H3).
import type { OutputOf, QueryOf } from '@gatepost/contract/endpoint.ts'
import type { getHeldSummary, HeldMessage, listHeld } from '@gatepost/contract/held.ts'
import type { Db } from '#store/open.ts'
import type { Page } from '../page.ts'
import { problem } from '../problem.ts'
import { heldDaysOf } from '../retention/store.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { becauseText, nameOfClass } from './classes.ts'
import { ruleOf } from './settings.ts'
import { heldSettingsOf, type StoredSettings } from './settings-store.ts'
import { countHeld, type HeldQuery, type HeldRow, heldMessageIds, heldRowsOf } from './store.ts'

type Deps = Pick<ControlDeps, 'store'>

const DAY_MS = 86_400_000
/** Held mail waits so long where its organisation chose nothing else (delivery/retention-notice.ts). */
const HELD_DAYS = 14
const RECIPIENTS_LISTED_MAX = 50

export async function listHeldMail(
  scope: Scope,
  query: QueryOf<typeof listHeld>,
  { store }: Deps,
): Promise<Page<HeldMessage>> {
  const { limit, after = null, ...filter } = query
  return pageOfHeld(store.db, { tenantId: scope.tenantId, ...filter }, { limit, after })
}

/** A page of messages, newest first, each with its recipients that match. */
export async function pageOfHeld(
  db: Db,
  query: HeldQuery,
  { limit, after }: { readonly limit: number; readonly after: string | null },
): Promise<Page<HeldMessage>> {
  const ids = await heldMessageIds(db, query, { limit: limit + 1, after })
  const shown = ids.slice(0, limit)
  const rows = Map.groupBy(await heldRowsOf(db, query, shown), ({ message_id }) => message_id)
  const rules = await rulesFor(db, query.tenantId)
  const items = shown.flatMap((id) => {
    const of = rows.get(id)
    return of === undefined ? [] : [heldMessageOf(of, rules)]
  })
  return { items, next: ids.length > limit ? (shown.at(-1) ?? null) : null, total: null }
}

/** Throws `not-found` when nothing of this message was ever held. */
export async function getHeldMail(scope: Scope, messageId: string, { store }: Deps): Promise<HeldMessage> {
  const rows = await rowsOfMessage(store.db, scope.tenantId, messageId)
  return heldMessageOf(rows, await rulesFor(store.db, scope.tenantId))
}

/** All recipients of a message, those that are still held first. Throws `not-found`. */
export async function rowsOfMessage(db: Db, tenantId: string, messageId: string): Promise<HeldRow[]> {
  const states = ['held', 'released', 'rejected', 'discarded', 'gone'] as const
  const rows: HeldRow[] = []
  for (const state of states) rows.push(...(await heldRowsOf(db, { tenantId, state }, [messageId])))
  if (rows.length === 0) throw problem('not-found', `The message ${messageId} is not held here.`)
  return rows
}

export async function summaryOfHeld(
  { tenantId }: Scope,
  { store }: Deps,
): Promise<OutputOf<typeof getHeldSummary>> {
  const { classes, ...counts } = await countHeld(store.db, tenantId)
  return {
    ...counts,
    classes: classes.map((one) => ({ ...one, name: nameOfClass(one.class) })),
    days: (await heldDaysOf(store.db, tenantId)) ?? HELD_DAYS,
  }
}

type Rules = { readonly settings: StoredSettings; readonly days: number }

async function rulesFor(db: Db, tenantId: string): Promise<Rules> {
  const [settings, days] = await Promise.all([heldSettingsOf(db, tenantId), heldDaysOf(db, tenantId)])
  return { settings, days: days ?? HELD_DAYS }
}

function heldMessageOf(rows: readonly HeldRow[], { settings, days }: Rules): HeldMessage {
  const first = rows[0]!
  return {
    id: first.message_id,
    class: first.class,
    className: nameOfClass(first.class),
    because: first.because,
    means: becauseText(first.because),
    ruleName: first.rule_name,
    score: first.score,
    author: first.author,
    reversePath: first.reverse_path,
    subject: first.subject,
    size: first.size,
    direction: first.direction,
    heldAt: first.held_at,
    endsAt: first.held_at + days * DAY_MS,
    recipientCount: rows.length,
    recipients: rows.slice(0, RECIPIENTS_LISTED_MAX).map((row) => ({
      index: row.recipient_index,
      address: row.recipient,
      state: row.state,
      requestedAt: row.requested_at,
      requestedBy: row.requested_by,
      requestText: row.request_text,
      decidedAt: row.decided_at,
      decidedBy: row.decided_by,
      decision: row.decision,
    })),
    needsTwo: ruleOf(settings, first.class).needsTwo,
    secondedBy: first.seconded_by,
    againAt: first.state === 'held' ? first.again_at : null,
    judged: first.judged,
    firstContact: rows.some((row) => row.first_contact === 1),
  }
}
