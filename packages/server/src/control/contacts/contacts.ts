// Collections of contacts inside the gateway (X3): begin, stop, go on, look, tick, and hand to the import of
// senders.
import { nothingLeftOut, RECIPIENTS_MAX, type Rules } from '@gatepost/contacts/collect.ts'
import { csvParts, partNames, ROWS_PER_PART } from '@gatepost/contacts/select.ts'
import {
  CONTACT_RUNS_MAX,
  type Contact,
  type ContactRun,
  type StartContacts,
} from '@gatepost/contract/contacts.ts'
import type { SenderImport } from '@gatepost/contract/sender.ts'
import { newId } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { previewSenders } from '../sender/import.ts'
import { ownDomains } from '../user/store.ts'
import type { ContactDeps } from './deps.ts'
import { presentRun } from './present.ts'
import type { ContactRunner } from './runner.ts'
import { splitSecret, targetOf } from './settings.ts'
import { lendingConnectors, sealRunSecret } from './sources.ts'
import {
  type ContactRunRow,
  countFound,
  deleteRun,
  findRun,
  insertRun,
  type PairFilter,
  pagePairs,
  runsOf,
  setRun,
  setTick,
  tickedPairs,
} from './store.ts'

type Deps = ContactDeps & { readonly contacts: ContactRunner }

/** Read at once where everything is gone through. */
const BATCH = 5_000

export async function listRuns(scope: Scope, deps: Deps) {
  const rows = await runsOf(deps.store.db, scope.tenantId, CONTACT_RUNS_MAX)
  return {
    items: await Promise.all(rows.map((row) => presentRun(row, deps))),
    connectors: await lendingConnectors(scope.tenantId, deps),
  }
}

export async function getRun(scope: Scope, id: string, deps: Deps): Promise<ContactRun> {
  return presentRun(await requireRun(scope, id, deps), deps)
}

/** Throws `invalid-input`, `contacts-running`. */
export async function startRun(scope: Scope, start: StartContacts, deps: Deps): Promise<ContactRun> {
  const { store, clock, contacts } = deps
  const { tenantId } = scope
  const { settings, secret } = splitSecret(start)
  const domains = await ownDomains(store.db, tenantId)
  const validated = [...domains].flatMap(([name, isValidated]) => (isValidated ? [name] : [])).sort()
  if (validated.length === 0)
    throw problem(
      'invalid-input',
      'Validate a domain first: contacts belong to addresses in your own domains.',
    )
  contacts.requireRoom()
  const rules: Rules = { ownDomains: validated, since: settings.since, recipientsMax: RECIPIENTS_MAX }
  const now = clock.now()
  const id = newId('ctr', now)
  const row: ContactRunRow = {
    id,
    tenant_id: tenantId,
    source: settings.source,
    state: 'running',
    settings: JSON.stringify(settings),
    secret: secret === null ? null : sealRunSecret(secret, { tenantId, id }, deps),
    rules: JSON.stringify(rules),
    until: now,
    started_at: now,
    started_by: scope.actor.name,
    finished_at: null,
    active_ms: 0,
    parts: null,
    part_index: 0,
    cursor: null,
    part_title: '',
    part_seen: 0,
    part_total: null,
    seen: 0,
    left_out: JSON.stringify(nothingLeftOut),
    skipped: 0,
    waiting: null,
    why: null,
    remedy: null,
  }
  await store.transaction(async (trx) => {
    const runs = await runsOf(trx, tenantId, 1_000)
    requireNone(runs)
    for (const old of runs.slice(CONTACT_RUNS_MAX - 1)) await deleteRun(trx, { tenantId, runId: old.id })
    await insertRun(trx, row)
    await note(trx, scope, { action: 'contacts.collection-started', row, at: now })
  })
  contacts.start(row)
  return presentRun(row, deps)
}

/** Stops a run; what was found stays. */
export async function stopRun(scope: Scope, id: string, deps: Deps): Promise<ContactRun> {
  const { store, clock, contacts } = deps
  const row = await requireRun(scope, id, deps)
  if (row.state === 'running') {
    await contacts.stop(id)
    const place = placeOf(row)
    // A run that no process has any more.
    const now = await findRun(store.db, place)
    if (now?.state === 'running')
      await setRun(store.db, place, { state: 'stopped', finished_at: clock.now() })
    await store.transaction((trx) =>
      note(trx, scope, { action: 'contacts.collection-stopped', row, at: clock.now() }),
    )
  }
  return getRun(scope, id, deps)
}

/** Goes on where a run ended. Throws `contacts-running`. */
export async function resumeRun(
  scope: Scope,
  { id, secret }: { readonly id: string; readonly secret: string | null },
  deps: Deps,
): Promise<ContactRun> {
  const { store, clock, contacts } = deps
  const row = await requireRun(scope, id, deps)
  if (row.state === 'complete' || row.state === 'running') return presentRun(row, deps)
  contacts.requireRoom()
  const place = placeOf(row)
  await store.transaction(async (trx) => {
    requireNone(await runsOf(trx, scope.tenantId, 1_000))
    await setRun(trx, place, {
      state: 'running',
      finished_at: null,
      why: null,
      remedy: null,
      ...(secret === null ? {} : { secret: sealRunSecret(secret, { tenantId: scope.tenantId, id }, deps) }),
    })
    await note(trx, scope, { action: 'contacts.collection-resumed', row, at: clock.now() })
  })
  contacts.start((await findRun(store.db, place)) ?? row)
  return getRun(scope, id, deps)
}

/** Removes a run with what it found; imported entries stay. */
export async function removeRun(scope: Scope, id: string, deps: Deps): Promise<void> {
  const { store, clock, contacts } = deps
  const row = await requireRun(scope, id, deps)
  await contacts.stop(id)
  await store.transaction(async (trx) => {
    await deleteRun(trx, placeOf(row))
    await note(trx, scope, { action: 'contacts.collection-removed', row, at: clock.now() })
  })
}

/** A page of pairs, and how many the filter finds. */
export async function listPairs(
  scope: Scope,
  query: PairFilter & { readonly id: string; readonly limit: number; readonly after?: string | undefined },
  deps: Deps,
) {
  const place = placeOf(await requireRun(scope, query.id, deps))
  const offset = /^\d{1,9}$/.test(query.after ?? '') ? Number(query.after) : 0
  const rows = await pagePairs(deps.store.db, place, { ...query, limit: query.limit + 1, offset })
  const { all, ticked } = await countFound(deps.store.db, place, query)
  const items = rows.slice(0, query.limit).map(
    (row): Contact => ({
      user: row.user_key,
      external: row.external,
      count: row.count,
      firstAt: row.first_at,
      lastAt: row.last_at,
      isTicked: row.unticked === 0,
    }),
  )
  const next = rows.length > query.limit ? String(offset + query.limit) : null
  return { items, next, total: all, ticked }
}

export async function tickPairs(
  scope: Scope,
  input: {
    readonly id: string
    readonly isTicked: boolean
    readonly pairs: readonly { readonly user: string; readonly external: string }[]
    readonly externals: readonly string[]
  },
  deps: Deps,
): Promise<{ readonly changed: number }> {
  const { isTicked } = input
  const place = placeOf(await requireRun(scope, input.id, deps))
  const wanted = [
    ...input.pairs.map(({ user, external }) => ({ user: user as string | null, external })),
    ...input.externals.map((external) => ({
      user: null,
      external: external.toLowerCase().replace(/^@/, ''),
    })),
  ]
  let changed = 0
  await deps.store.transaction(async (trx) => {
    for (const what of wanted) changed += await setTick(trx, place, { isTicked, ...what })
  })
  return { changed }
}

/** The CSV of the ticked pairs, as it is read. */
export async function exportPairs(
  scope: Scope,
  { id, countMin }: { readonly id: string; readonly countMin: number },
  deps: Deps,
): Promise<AsyncIterable<string>> {
  const row = await requireRun(scope, id, deps)
  return csvOf(row, countMin, deps)
}

async function* csvOf(row: ContactRunRow, countMin: number, deps: Deps): AsyncGenerator<string> {
  for await (const pairs of batchesOf(row, countMin, deps)) yield csvParts(pairs, BATCH).join('')
}

async function* batchesOf(row: ContactRunRow, countMin: number, { store }: Deps) {
  let after: { readonly user: string; readonly external: string } | null = null
  for (;;) {
    const rows = await tickedPairs(store.db, placeOf(row), { countMin, limit: BATCH, after })
    if (rows.length > 0)
      yield rows.map(({ user_key, external, count, first_at, last_at }) => {
        return { user: user_key, external, count, first: first_at, last: last_at }
      })
    const last = rows.at(-1)
    if (rows.length < BATCH || last === undefined) return
    after = { user: last.user_key, external: last.external }
  }
}

/** Previews of the sender import out of the ticked pairs; the import commits them, or nobody does. */
export async function previewPairs(
  scope: Scope,
  { id, countMin }: { readonly id: string; readonly countMin: number },
  deps: Deps,
): Promise<readonly SenderImport[]> {
  const row = await requireRun(scope, id, deps)
  const parts: string[] = []
  let text = ''
  let rows = 0
  for await (const pairs of batchesOf(row, countMin, deps)) {
    text += csvParts(pairs, BATCH).join('')
    rows += pairs.length
    if (rows < ROWS_PER_PART) continue
    parts.push(text)
    text = ''
    rows = 0
  }
  if (text !== '') parts.push(text)
  if (parts.length === 0) throw problem('file-unreadable', 'Nothing is ticked: there is nothing to import.')
  const names = partNames(parts.length, `collected-${new Date(row.started_at).toISOString().slice(0, 10)}`)
  const previews: SenderImport[] = []
  for (const [index, part] of parts.entries())
    previews.push(await previewSenders(scope, { fileName: names[index]!, raw: Buffer.from(part) }, deps))
  return previews
}

const placeOf = (row: ContactRunRow) => ({ tenantId: row.tenant_id, runId: row.id })

async function requireRun(scope: Scope, id: string, { store }: Deps): Promise<ContactRunRow> {
  const row = await findRun(store.db, { tenantId: scope.tenantId, runId: id })
  if (row !== null) return row
  throw problem('not-found', 'There is no such collection here.')
}

function requireNone(runs: readonly ContactRunRow[]): void {
  if (runs.some(({ state }) => state === 'running'))
    throw problem('contacts-running', 'A collection is running. Stop it first, or wait until it ends.')
}

type Note = { readonly action: string; readonly row: ContactRunRow; readonly at: number }

async function note(trx: Trx, scope: Scope, { action, row, at }: Note): Promise<void> {
  const subject = targetOf(JSON.parse(row.settings))
  await appendAudit(trx, scope, { action, subject, before: null, after: { source: row.source }, at })
}
