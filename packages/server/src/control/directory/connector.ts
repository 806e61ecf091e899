// Directory connectors as people set them: added, changed, removed, listed (D3–D6). Secrets go in and never
// out.
import type {
  Connector,
  ConnectorChange,
  ConnectorDraft,
  ConnectorSettings,
} from '@gatepost/contract/directory.ts'
import { CONNECTORS_MAX } from '@gatepost/contract/directory.ts'
import type { FieldError } from '@gatepost/contract/problem.ts'
import { newId } from '#platform/random.ts'
import { readDomainName } from '../domain/name.ts'
import { invalidInput, problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { changeSettings, isEmptyChange, requireRevision } from '../settings/settings.ts'
import { applyPeople } from '../user/apply.ts'
import { stoppedBy } from './brakes.ts'
import { shownConnectorTest } from './checks-state.ts'
import { healthOf, placeOf } from './job.ts'
import type { DirectoryDeps } from './kind.ts'
import { kindOf } from './kinds.ts'
import { runOf, runsById } from './run-store.ts'
import { isTimeZone, nextRunAt } from './schedule.ts'
import { sealSecret } from './secret.ts'
import {
  batchesOf,
  type ConnectorRow,
  connectorsOf,
  deleteConnector,
  entryCounts,
  findConnector,
  fingerprints,
  insertConnector,
  listOf,
  scheduleOf,
  setConnector,
  settingsOf,
  troubleOf,
} from './store.ts'

type Deps = DirectoryDeps

export async function listConnectors(
  scope: Scope,
  deps: Pick<Deps, 'store' | 'clock'>,
): Promise<{ items: Connector[]; removalsStopped: string | null }> {
  const rows = await connectorsOf(deps.store.db, scope.tenantId)
  const stopped = stoppedBy(rows.map(healthOf), null)
  const removalsStopped = stopped === null ? null : `Nothing is removed at present: ${stopped}`
  return { items: await shown(rows, scope, deps), removalsStopped }
}

export async function getConnector(
  scope: Scope,
  id: string,
  deps: Pick<Deps, 'store' | 'clock'>,
): Promise<Connector> {
  const row = await requireConnector(scope, id, deps)
  const [connector] = await shown([row], scope, deps)
  return connector!
}

/** Adds a connector. Nothing is read until its first preview is accepted. */
export async function addConnector(scope: Scope, draft: ConnectorDraft, deps: Deps): Promise<Connector> {
  const { store, clock, secrets } = deps
  const id = newId('con', clock.now())
  const { settings, ...rest } = checkedDraft(draft, deps)
  const now = clock.now()
  await store.transaction(async (trx) => {
    const others = await connectorsOf(trx, scope.tenantId)
    if (others.length >= CONNECTORS_MAX)
      throw problem('limit-reached', `There are ${CONNECTORS_MAX} connectors already.`)
    requireFreeName(draft.name, id, others)
    const after = auditOf({ ...draft, settings })
    const event = {
      action: 'directory.added',
      subject: `directory ${draft.name}`,
      before: null,
      after,
      at: now,
    }
    const revision = await changeSettings(trx, scope, event)
    const sealed =
      draft.secret === undefined ? null : sealSecret(draft.secret, { tenantId: scope.tenantId, id }, secrets)
    await insertConnector(trx, {
      id,
      tenant_id: scope.tenantId,
      kind: settings.kind,
      ...columnsOf({ ...draft, ...rest, settings }),
      secret: sealed,
      secret_set_at: sealed === null ? null : now,
      accepted_at: null,
      cursor: null,
      trouble: null,
      last_test: null,
      last_run_id: null,
      last_good_at: null,
      next_run_at: null,
      lease_holder: null,
      lease_until: 0,
      created_at: now,
      revision,
    })
  })
  return getConnector(scope, id, deps)
}

/** Changes a connector; a secret that is left out stays. */
export async function updateConnector(
  scope: Scope,
  input: { readonly id: string; readonly change: ConnectorChange; readonly expected: number | null },
  deps: Deps,
): Promise<Connector> {
  const { store, clock, secrets } = deps
  await store.transaction(async (trx) => {
    const others = await connectorsOf(trx, scope.tenantId)
    const row = others.find(({ id }) => id === input.id)
    if (row === undefined) throw notFound(input.id)
    requireRevision(row, input.expected)
    if (isEmptyChange(input.change)) return
    const before = draftOf(row)
    const defined = Object.fromEntries(
      Object.entries(input.change).filter(([, value]) => value !== undefined),
    )
    const merged = { ...before, ...(defined as Partial<ConnectorDraft>) }
    if (merged.settings.kind !== row.kind)
      throw invalidInput([
        { path: '/settings/kind', message: 'A connector keeps its kind. Add another one.' },
      ])
    const checked = checkedDraft(merged, deps)
    const after = { ...merged, ...checked }
    requireFreeName(after.name, row.id, others)
    const now = clock.now()
    const isNewSecret = input.change.secret !== undefined
    if (row.secret !== null && !isNewSecret) requireSameServer(row.kind, before.settings, after.settings)
    const revision = await changeSettings(trx, scope, {
      action: 'directory.changed',
      subject: `directory ${after.name}`,
      before: auditOf(before),
      after: { ...auditOf(after), ...(isNewSecret ? { secret: 'set' } : {}) },
      at: now,
    })
    const plugin = kindOf(row.kind)
    const isSame = plugin.isSameListing(before.settings, checked.settings)
    const place = { tenantId: scope.tenantId, id: row.id }
    await setConnector(trx, place, {
      ...columnsOf(after),
      revision,
      ...(isSame ? {} : { cursor: null }),
      ...(isNewSecret
        ? { secret: sealSecret(input.change.secret!, place, secrets), secret_set_at: now }
        : {}),
      // What was tested no longer counts once settings or secret differ.
      ...(isNewSecret || JSON.stringify(before.settings) !== JSON.stringify(checked.settings)
        ? { last_test: null }
        : {}),
      next_run_at: row.accepted_at === null || !plugin.isScheduled ? null : nextRunAt(after.schedule, now),
    })
  })
  return getConnector(scope, input.id, deps)
}

function requireSameServer(
  kind: ConnectorRow['kind'],
  before: ConnectorSettings,
  after: ConnectorSettings,
): void {
  if (kindOf(kind).isOtherServer?.(before, after) !== true) return
  const message = 'Enter it again: the one that is kept is for the server that was named so far.'
  throw invalidInput([{ path: '/secret', message }])
}

/** Removes a connector. Its people stay as addresses that receive mail, unless another source names them. */
export async function removeConnector(scope: Scope, id: string, deps: Deps): Promise<void> {
  const { store, clock, link } = deps
  const row = await requireConnector(scope, id, deps)
  const now = clock.now()
  if (row.lease_until > now)
    throw problem('sync-running', `${row.name} is being synchronised. Cancel the run first.`)
  const known: string[] = []
  for await (const page of fingerprints(store.db, placeOf(row)))
    known.push(...page.map(({ externalId }) => externalId))
  const source = { kind: row.kind === 'ldap' ? 'directory' : row.kind, connectorId: row.id } as const
  for (const removals of batchesOf(known, REMOVED_AT_ONCE)) {
    const input = { tenantId: scope.tenantId, source, upserts: [], removals, leaversStay: true, now }
    await store.transaction((trx) => applyPeople(trx, input, { store }))
  }
  await store.transaction(async (trx) => {
    const event = {
      action: 'directory.removed',
      subject: `directory ${row.name}`,
      before: auditOf(draftOf(row)),
      after: null,
    }
    await changeSettings(trx, scope, { ...event, at: now })
    await deleteConnector(trx, placeOf(row))
  })
  link.settingsChanged()
}

const REMOVED_AT_ONCE = 250

export async function requireConnector(
  scope: Scope,
  id: string,
  { store }: Pick<Deps, 'store'>,
): Promise<ConnectorRow> {
  const row = await findConnector(store.db, scope.tenantId, id)
  if (row === null) throw notFound(id)
  return row
}

async function shown(
  rows: readonly ConnectorRow[],
  scope: Scope,
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
): Promise<Connector[]> {
  const ids = rows.flatMap(({ last_run_id }) => last_run_id ?? [])
  const [runs, counts] = await Promise.all([
    runsById(store.db, scope.tenantId, ids),
    entryCounts(store.db, scope.tenantId),
  ])
  return rows.map((row) => {
    const run = runs.get(row.last_run_id ?? '')
    const { secret: _never, ...draft } = draftOf(row)
    return {
      id: row.id,
      ...draft,
      kind: row.kind,
      secretSetAt: row.secret_set_at,
      state: stateOf(row),
      trouble: troubleOf(row),
      lastTest: shownConnectorTest(row, clock.now()),
      lastRun: run === undefined ? null : runOf(run),
      lastGoodAt: row.last_good_at,
      nextRunAt: row.enabled === 1 ? row.next_run_at : null,
      entries: counts.get(row.id) ?? 0,
      createdAt: row.created_at,
      revision: row.revision,
    }
  })
}

function stateOf(row: ConnectorRow): Connector['state'] {
  if (row.enabled === 0) return 'disabled'
  if (row.accepted_at === null) return 'new'
  return row.trouble === null ? 'ok' : 'error'
}

type Checked = {
  readonly settings: ConnectorSettings
  readonly domains: string[]
  readonly attributes: string[]
}

function checkedDraft(draft: ConnectorDraft, deps: Deps): Checked {
  const plugin = kindOf(draft.settings.kind)
  const settings = plugin.normalize(draft.settings)
  const errors: FieldError[] = [...plugin.check({ settings, secret: draft.secret ?? null }, deps)]
  const domains: string[] = []
  for (const [index, text] of draft.domains.entries()) {
    const name = readDomainName(text)
    if (name.ok) domains.push(name.value)
    else errors.push({ path: `/domains/${index}`, message: `${text} is no domain name.` })
  }
  if (!isTimeZone(draft.schedule.timeZone))
    errors.push({ path: '/schedule/timeZone', message: 'Write a time zone such as Europe/Berlin.' })
  if (errors.length > 0) throw invalidInput(errors)
  return { settings, domains: [...new Set(domains)], attributes: [...new Set(draft.attributes)] }
}

function requireFreeName(name: string, id: string, rows: readonly ConnectorRow[]): void {
  if (!rows.some((row) => row.id !== id && row.name.toLowerCase() === name.toLowerCase())) return
  throw invalidInput([{ path: '/name', message: 'Another connector has this name.' }])
}

function draftOf(row: ConnectorRow): ConnectorDraft {
  return {
    name: row.name,
    settings: settingsOf(row),
    domains: listOf(row.domains),
    enabled: row.enabled === 1,
    acknowledgeDisabled: row.acknowledge_disabled === 1,
    deleteUsers: row.delete_users === 1,
    maxRemovals: row.max_removals,
    graceDays: row.grace_days,
    contacts: row.contacts === 1,
    attributes: listOf(row.attributes),
    schedule: scheduleOf(row),
  }
}

function columnsOf(draft: ConnectorDraft) {
  return {
    name: draft.name,
    settings: JSON.stringify(draft.settings),
    enabled: draft.enabled ? (1 as const) : (0 as const),
    domains: JSON.stringify(draft.domains),
    acknowledge_disabled: draft.acknowledgeDisabled ? (1 as const) : (0 as const),
    delete_users: draft.deleteUsers ? (1 as const) : (0 as const),
    max_removals: draft.maxRemovals,
    grace_days: draft.graceDays,
    contacts: draft.contacts ? (1 as const) : (0 as const),
    attributes: JSON.stringify(draft.attributes),
    schedule: JSON.stringify(draft.schedule),
  }
}

/** What the audit log shows: settings as fields, never the secret. */
function auditOf({ secret: _never, settings, ...rest }: ConnectorDraft): Readonly<Record<string, unknown>> {
  return { ...rest, ...settings }
}

function notFound(id: string): Error {
  return problem('not-found', `There is no directory connector “${id}” here.`)
}
