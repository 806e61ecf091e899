// What has to be so before an organisation is erased: each looked at live, since a record that was changed
// back must not cost anybody mail.
import type { Check } from '@gatepost/contract/common.ts'
import type { Said } from '@gatepost/contract/saying.ts'
import { english, say } from '@gatepost/contract/sayings.ts'
import type { OrderResult } from '#link/orders.ts'
import { newId } from '#platform/random.ts'
import type { Db } from '#store/open.ts'
import { saidOfCheck } from '../connect/check.ts'
import { forEach } from '../connect/connect.ts'
import { lookAndKeepMx, type MxDeps } from '../domain/mx.ts'
import { type MxLook, namesUs } from '../domain/mx-look.ts'
import { domainsOf } from '../domain/store.ts'
import { outboundWays } from '../outbound/ways.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { exportsOf } from './export.ts'

export type GateDeps = MxDeps & Pick<ControlDeps, 'link'>

type Found = Pick<Check, 'state' | 'saw' | 'remedy' | 'said'>

const DAY_MS = 86_400_000
const EDGES_MS_MAX = 10_000

/** All of them, in the order of the wizard. */
export async function leavingChecks(scope: Scope, deps: GateDeps): Promise<readonly Check[]> {
  const { store, clock } = deps
  const [mx, outbound, queue, exported, holds] = await Promise.all([
    mxAway(scope, deps),
    outboundAway(scope, deps),
    queueEmpty(scope, deps),
    isExported(scope.tenantId, store.db, clock.now()),
    noHolds(scope.tenantId, store.db),
  ])
  const at = { checkedAt: clock.now(), nextCheckAt: null }
  return [
    { name: 'mx-away', title: 'Mail for the domains goes elsewhere', ...mx, ...at },
    { name: 'outbound-away', title: 'Outgoing mail goes elsewhere', ...outbound, ...at },
    { name: 'queue-empty', title: 'No message waits here', ...queue, ...at },
    { name: 'exported', title: 'Everything is exported', ...exported, ...at },
    { name: 'holds', title: 'No hold keeps data', ...holds, ...at },
  ]
}

/** Those that stand in the way. What could not be looked at stands in the way too. */
export function blockersOf(checks: readonly Check[]): readonly Check[] {
  return checks.filter(({ state }) => state !== 'passed')
}

async function mxAway({ tenantId }: Scope, deps: GateDeps): Promise<Found> {
  const rows = (await domainsOf(deps.store.db, tenantId)).filter(({ validated_at }) => validated_at !== null)
  if (rows.length === 0) return passed(say('leave.nothing-validated'))
  // Every one of them: the domain that nobody looked at would be the one whose mail is lost.
  const seen = new Map<string, MxLook>()
  await forEach(rows, async (row) => {
    seen.set(row.name, await lookAndKeepMx(row, true, deps))
  })
  const looks = rows.map(({ name }) => ({ name, look: seen.get(name)! }))
  const here = looks.filter(({ look }) => namesUs(look, deps.config.hostname)).map(({ name }) => name)
  if (here.length > 0) {
    const remedy = say('leave.point-mx', { hostname: deps.config.hostname })
    return failed(say('leave.mx-here', { domains: here.join(', '), count: here.length }), remedy)
  }
  const unknown = looks.filter(({ look }) => look.outcome === 'unknown').map(({ name }) => name)
  if (unknown.length > 0) {
    return failed(say('leave.mx-unknown', { domains: unknown.join(', ') }), say('leave.check-again'))
  }
  return passed(say('leave.mx-away', { domains: looks.map(({ name }) => name).join(', ') }))
}

/** A day without mail from a host is a host that sends elsewhere. */
async function outboundAway({ tenantId }: Scope, { store, clock }: GateDeps): Promise<Found> {
  const { ways } = await outboundWays(store.db, tenantId)
  const last = Math.max(ways.hostSeenAt ?? 0, ways.cloudSeenAt ?? 0)
  const now = clock.now()
  const addresses = await store.db
    .selectFrom('authorized_outbound')
    .select('address')
    .where('tenant_id', '=', tenantId)
    .execute()
  if (addresses.length === 0 && ways.logins.length === 0 && ways.clouds.length === 0) {
    return passed(say('leave.none-authorised'))
  }
  if (last === 0) return passed(say('leave.never-sent'))
  if (now - last > DAY_MS) return passed(say('leave.not-sent'))
  return failed(say('leave.sent'), say('leave.take-smart-host'))
}

async function queueEmpty({ tenantId }: Scope, { link, clock }: GateDeps): Promise<Found> {
  const order = { kind: 'queue-totals', id: newId('ord', clock.now()), tenantId } as const
  const { answers, unreachable } = await link.orderAll(order, EDGES_MS_MAX)
  if (answers.length === 0 || unreachable.length > 0) {
    return failed(say('leave.edges-silent'), say('leave.when-healthy'))
  }
  const waiting = answers.reduce((sum, { result }) => sum + waitingIn(result), 0)
  if (waiting === 0) return passed(say('leave.nothing-waits'))
  return failed(say('leave.waits', { count: waiting }), say('leave.empty-queue'))
}

function waitingIn(result: OrderResult): number {
  return result.kind === 'queue-totals' ? result.messages : 0
}

async function isExported(tenantId: string, db: Db, now: number): Promise<Found> {
  const done = (await exportsOf(db, tenantId)).find(
    ({ state, expires_at }) => state === 'done' && expires_at > now,
  )
  if (done) return passed(say('leave.exported'))
  return failed(say('leave.no-export'), say('leave.start-export'))
}

async function noHolds(tenantId: string, db: Db): Promise<Found> {
  const [hold, archived] = await Promise.all([
    db.selectFrom('data_hold').select('reason').where('tenant_id', '=', tenantId).limit(1).executeTakeFirst(),
    db
      .selectFrom('archive_hold')
      .select('reason')
      .where('tenant_id', '=', tenantId)
      .where('ended_at', 'is', null)
      .limit(1)
      .executeTakeFirst(),
  ])
  const kept = hold ?? archived
  if (!kept) return passed(say('leave.no-hold'))
  return failed(say('leave.hold', { reason: kept.reason }), say('leave.end-hold'))
}

function passed(saw: Said): Found {
  return { state: 'passed', saw: english(saw), remedy: null, ...saidOfCheck({ saw }) }
}

function failed(saw: Said, remedy: Said): Found {
  return { state: 'failed', saw: english(saw), remedy: english(remedy), ...saidOfCheck({ saw, remedy }) }
}
