// What has to be so before an organisation is erased: each looked at live, since a record that was changed
// back must not cost anybody mail.
import type { Check } from '@gatepost/contract/common.ts'
import type { OrderResult } from '#link/orders.ts'
import { newId } from '#platform/random.ts'
import type { Db } from '#store/open.ts'
import { lookAndKeepMx, type MxDeps } from '../domain/mx.ts'
import { namesUs } from '../domain/mx-look.ts'
import { domainsOf } from '../domain/store.ts'
import { outboundWays } from '../outbound/ways.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { exportsOf } from './export.ts'

export type GateDeps = MxDeps & Pick<ControlDeps, 'link'>

type Found = Pick<Check, 'state' | 'saw' | 'remedy'>

const DAY_MS = 86_400_000
/** Domains looked at at once; name servers answer in milliseconds, and some not at all. */
const DOMAINS_MAX = 100
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
  if (rows.length === 0) return passed('No domain is validated, so no mail is taken here.')
  const looks = await Promise.all(
    rows
      .slice(0, DOMAINS_MAX)
      .map(async (row) => ({ name: row.name, look: await lookAndKeepMx(row, true, deps) })),
  )
  const here = looks.filter(({ look }) => namesUs(look, deps.config.hostname)).map(({ name }) => name)
  if (here.length > 0) {
    const remedy = `Point the MX records at your new mail host and take ${deps.config.hostname} out of them.`
    return failed(`${here.join(', ')} still name${here.length === 1 ? 's' : ''} this gateway.`, remedy)
  }
  const unknown = looks.filter(({ look }) => look.outcome === 'unknown').map(({ name }) => name)
  if (unknown.length > 0) {
    return failed(
      `The look-up of ${unknown.join(', ')} failed, which is no “no”.`,
      'Check again in a minute.',
    )
  }
  return passed(`${looks.map(({ name }) => name).join(', ')}: no MX record names this gateway.`)
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
    return passed('Nothing is authorised to send through here.')
  }
  if (last === 0) return passed('Nothing that is authorised ever sent through here.')
  if (now - last > DAY_MS) return passed('Nothing was sent through here for a day.')
  const remedy =
    'Take the smart host out of your mail host. A day without mail, or no authorised address, passes.'
  return failed('Mail was sent through here within the last day.', remedy)
}

async function queueEmpty({ tenantId }: Scope, { link, clock }: GateDeps): Promise<Found> {
  const order = { kind: 'queue-totals', id: newId('ord', clock.now()), tenantId } as const
  const { answers, unreachable } = await link.orderAll(order, EDGES_MS_MAX)
  if (answers.length === 0 || unreachable.length > 0) {
    return failed(
      'Not every edge answered, so nobody knows what waits.',
      'Check again once all nodes are healthy.',
    )
  }
  const waiting = answers.reduce((sum, { result }) => sum + waitingIn(result), 0)
  if (waiting === 0) return passed('Neither queued nor held mail is here.')
  return failed(`${waiting} messages wait or are held.`, 'Deliver, release or discard them under *Queue*.')
}

function waitingIn(result: OrderResult): number {
  return result.kind === 'queue-totals' ? result.messages : 0
}

async function isExported(tenantId: string, db: Db, now: number): Promise<Found> {
  const done = (await exportsOf(db, tenantId)).find(
    ({ state, expires_at }) => state === 'done' && expires_at > now,
  )
  if (done) return passed('An export was written. Keep the file: it is the last copy.')
  return failed('There is no export.', 'Start one below, and download it.')
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
  if (!kept) return passed('No legal hold is open.')
  return failed(`A hold keeps data: ${kept.reason}.`, 'Whoever set the hold ends it first.')
}

function passed(saw: string): Found {
  return { state: 'passed', saw, remedy: null }
}

function failed(saw: string, remedy: string): Found {
  return { state: 'failed', saw, remedy }
}
