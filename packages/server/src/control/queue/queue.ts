// What waits on all edges, and what people do about it (M5). Edges answer for themselves; those that are
// silent are named, never left out in silence.
import { domainToASCII } from 'node:url'
import type { BodyOf, OutputOf, QueryOf } from '@gatepost/contract/endpoint.ts'
import type { actOnQueue, getQueueTotals, listQueue, QueueFilter } from '@gatepost/contract/queue.ts'
import {
  mergeListed,
  type QueueActed,
  type QueueActOrder,
  type QueueFilter as QueueOrderFilter,
} from '#link/queue-orders.ts'
import { addCounts } from '#link/queue-totals.ts'
import { newId } from '#platform/random.ts'
import { appendAudit } from '../audit/audit.ts'
import { invalidInput, problem } from '../problem.ts'
import { findRoute } from '../route/store.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { readPause } from './pause.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>
type Listed = OutputOf<typeof listQueue>
type Acted = OutputOf<typeof actOnQueue>
type Totals = OutputOf<typeof getQueueTotals>

/** An edge looks for three seconds at most; the rest is the way there and back. */
const LIST_MS_MAX = 10_000
/** Destinations in an overview: those with most recipients. */
const DESTINATIONS_SHOWN = 10
/** An edge acts for eight seconds at most, and may wait for a transmission to end. */
const ACT_MS_MAX = 30_000

/** A page of what waits. Throws `edge-unreachable` when no edge answers at all. */
export async function listWaiting(
  scope: Scope,
  query: QueryOf<typeof listQueue>,
  deps: Deps,
): Promise<Listed> {
  const { limit, after = null } = query
  const { tenantId } = scope
  const id = newId('ord', deps.clock.now())
  const order = { kind: 'queue-list', id, tenantId, filter: filterOf(query), after, limit } as const
  const [{ answers, unreachable }, pause] = await Promise.all([
    deps.link.orderAll(order, LIST_MS_MAX),
    readPause(scope, deps),
  ])
  if (answers.length === 0) throw silence(unreachable)
  const parts = answers.flatMap(({ node, slot, result }) => {
    if (result.kind !== 'queue-list') return []
    const items = result.items.map((item) => ({ ...item, edge: { node, slot } }))
    return [{ items, next: result.next }]
  })
  const { items, next } = mergeListed(parts, limit)
  return { items, next, total: null, unreachable: [...unreachable], pause }
}

/** How much waits in all. Throws `edge-unreachable` when no edge answers at all. */
export async function totalWaiting({ tenantId }: Scope, { clock, link }: Deps): Promise<Totals> {
  const order = { kind: 'queue-totals', id: newId('ord', clock.now()), tenantId } as const
  const { answers, unreachable } = await link.orderAll(order, LIST_MS_MAX)
  if (answers.length === 0) throw silence(unreachable)
  const parts = answers.flatMap(({ result }) => (result.kind === 'queue-totals' ? [result] : []))
  const { destinations, ...sums } = addCounts(parts)
  return {
    ...sums,
    destinations: destinations.slice(0, DESTINATIONS_SHOWN),
    isWhole: parts.length === answers.length && parts.every(({ isWhole }) => isWhole),
    unreachable: [...unreachable],
  }
}

/** Narrows what is meant further than the API can: recipients of a message, or messages that are left. */
export type Narrower = Partial<Pick<QueueOrderFilter, 'state' | 'indexes'>> & Pick<QueueActOrder, 'except'>

/**
 * Acts on messages by id or filter. What is asked is in the audit log before it is done; what is done stands
 * in the report of each message. Throws `not-found` for an unknown route, `invalid-input` and
 * `edge-unreachable`.
 */
export async function actOnWaiting(
  scope: Scope,
  input: BodyOf<typeof actOnQueue>,
  deps: Deps,
  narrower: Narrower = {},
): Promise<Acted> {
  const { except, ...part } = narrower
  const asked = await orderOf(scope, input, deps)
  const order = { ...asked, filter: { ...asked.filter, ...part }, ...(except ? { except } : {}) }
  const at = deps.clock.now()
  await deps.store.transaction((trx) =>
    appendAudit(trx, scope, {
      action: `queue.${input.action}`,
      subject: subjectOf(input),
      before: null,
      after: input,
      at,
    }),
  )
  const { answers, unreachable } = await deps.link.orderAll(order, ACT_MS_MAX)
  if (answers.length === 0) throw silence(unreachable)
  const acted = answers.flatMap(({ result }) => (result.kind === 'queue-act' ? [result] : []))
  const sum = (of: (one: QueueActed) => number): number => acted.reduce((all, one) => all + of(one), 0)
  const found = sum((one) => one.found)
  const [next = null] = acted.flatMap((one) => one.next ?? []).sort()
  return {
    messages: sum((one) => one.messages),
    recipients: sum((one) => one.recipients),
    found,
    missing: Math.max(0, (order.messageIds?.length ?? found) - found),
    busy: sum((one) => one.busy),
    withheld: sum((one) => one.withheld),
    ...(acted.some(({ infected }) => infected) ? { infected: sum((one) => one.infected ?? 0) } : {}),
    ...(acted.some(({ kept }) => kept) ? { needsTwo: sum((one) => one.kept ?? 0) } : {}),
    next,
    unreachable: [...unreachable],
  }
}

async function orderOf(
  scope: Scope,
  input: BodyOf<typeof actOnQueue>,
  { store, clock }: Deps,
): Promise<QueueActOrder> {
  const { action, messages, filter = {}, routeId = null, reason, after = null } = input
  if (action === 'reroute') {
    if (routeId === null) {
      throw invalidInput([{ path: '/routeId', message: 'Choose the delivery route to take.' }])
    }
    const route = await findRoute(store.db, scope.tenantId, routeId)
    if (!route) throw problem('not-found', `There is no delivery route “${routeId}” here.`)
  }
  return {
    kind: 'queue-act',
    id: newId('ord', clock.now()),
    tenantId: scope.tenantId,
    action,
    by: scope.actor.name,
    reason: reason === undefined || reason === '' ? null : reason,
    routeId: action === 'reroute' ? routeId : null,
    messageIds: messages === undefined ? null : [...new Set(messages)],
    filter: filterOf(filter),
    after,
  }
}

function filterOf({ state, domain, search }: QueueFilter): QueueOrderFilter {
  // A name that cannot be written as A-labels matches nothing, which is right.
  const ascii = domain === undefined ? null : domainToASCII(domain) || domain.toLowerCase()
  return { state: state ?? null, domain: ascii, search: search ?? null }
}

/** Readable later: `message msg_…`, `12 messages`, `everything held for acme.example`. */
function subjectOf({ messages, filter }: BodyOf<typeof actOnQueue>): string {
  if (messages !== undefined) {
    return messages.length === 1 ? `message ${messages[0]}` : `${messages.length} messages`
  }
  const { state, domain, search } = filter ?? {}
  const parts = [
    `everything ${state ?? 'that waits'}`,
    ...(domain === undefined ? [] : [`for ${domain}`]),
    ...(search === undefined ? [] : [`with “${search}”`]),
  ]
  return parts.join(' ')
}

function silence(unreachable: readonly { readonly why: string }[]): Error {
  return problem('edge-unreachable', unreachable[0]?.why ?? 'No edge has reported to control yet.')
}
