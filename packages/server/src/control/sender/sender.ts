// Managed senders (S3): what a user's list permits and blocks; each change reaches the edges' lists with it.
import type { ManagedSender, SenderFilter } from '@gatepost/contract/sender.ts'
import { SENDERS_PER_REMOVE_MAX } from '@gatepost/contract/sender.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import { managedSenderOfId } from '#link/managed-sender.ts'
import type { Db } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import { csvLine } from '../csv-write.ts'
import type { Page } from '../page.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { isEmptyChange } from '../settings/settings.ts'
import { addressRemedy, type OwnDomains, readUserAddress } from '../user/address.ts'
import { ownDomains } from '../user/store.ts'
import { managedSenderOf, ownDomainTest, readSender, type SenderRow, senderRemedy } from './entry.ts'
import { pageOfEntries, type SenderQuery } from './list-store.ts'
import { findSender, primariesOf, waitingAmong } from './store.ts'
import { compareSenders, deleteSenders, type NewSender, putRows, writeSenders } from './write-store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

/** Entries an export reads at once. */
const EXPORT_PAGE = 500

export async function listSenders(
  scope: Scope,
  query: SenderQuery,
  deps: Pick<Deps, 'store' | 'clock'>,
): Promise<Page<ManagedSender>> {
  const { db } = deps.store
  const now = deps.clock.now()
  const asked = await withPrimary(scope, query, deps)
  const { rows, next } = await pageOfEntries(
    db,
    { tenantId: scope.tenantId, now, dialect: deps.store.dialect },
    asked,
  )
  return { items: await shown(db, scope.tenantId, rows, now), next, total: null }
}

/** The filtered entries as a file that can be imported again. */
export async function* exportSenders(
  scope: Scope,
  filter: SenderFilter,
  deps: Pick<Deps, 'store' | 'clock'>,
): AsyncGenerator<string> {
  const asked = await withPrimary(scope, { ...filter, limit: EXPORT_PAGE }, deps)
  const { dialect } = deps.store
  const tenant = { tenantId: scope.tenantId, now: deps.clock.now(), dialect }
  let after: string | undefined
  do {
    const { rows, next } = await pageOfEntries(deps.store.db, tenant, { ...asked, after })
    yield rows.map((row) => csvLine([row.user_key, row.sender, row.action.toUpperCase()])).join('')
    after = next ?? undefined
  } while (after !== undefined)
}

export type SendersInput = {
  readonly user: string
  readonly senders: readonly string[]
  readonly action: 'permit' | 'block'
  readonly onlyIfAuthenticated: boolean
  readonly comment: string
  readonly expiresAt: number | null
}

export type SendersAdded = {
  readonly items: ManagedSender[]
  readonly added: number
  readonly replaced: number
  readonly unchanged: number
}

/** Permits or blocks senders for one user. The latest word replaces the earlier one. */
export async function addSenders(scope: Scope, input: SendersInput, deps: Deps): Promise<SendersAdded> {
  const { store, clock, link } = deps
  const { tenantId } = scope
  const { dialect } = store
  const now = clock.now()
  requireFuture(input.expiresAt, now)
  const result = await store.transaction(async (trx) => {
    const domains = await ownDomains(trx, tenantId)
    const read = requireUser(input.user, domains)
    const userKey = (await primariesOf(trx, tenantId, [read], dialect)).get(read) ?? read
    const entries = requireSenders(input, userKey, domains)
    // Said again by hand, an entry takes over comment and end as well.
    const compared = await compareSenders(trx, entries, { tenantId, now, dialect, isSame: sameAs(input) })
    const made = {
      tenantId,
      source: 'manual',
      comment: input.comment,
      expiresAt: input.expiresAt,
      createdBy: scope.actor.name,
      reference: null,
      now,
      dialect,
    } as const
    await writeSenders(trx, compared, made)
    const places = entries.map(({ sender }) => ({ userKey, sender }))
    const rows: SenderRow[] = []
    for (const place of places) rows.push((await findSender(trx, tenantId, place))!)
    await appendAudit(trx, scope, {
      action: input.action === 'permit' ? 'senders.permitted' : 'senders.blocked',
      subject: `senders of ${userKey}`,
      before: compared.before.length === 0 ? null : compared.before.map(stateOf),
      after: rows.map(stateOf),
      at: now,
    })
    return {
      items: await shown(trx, tenantId, rows, now),
      added: compared.added.length,
      replaced: compared.replaced.length,
      unchanged: compared.unchanged.length,
    }
  })
  link.settingsChanged()
  return result
}

export type SenderChange = {
  readonly action?: 'permit' | 'block' | undefined
  readonly onlyIfAuthenticated?: boolean | undefined
  readonly comment?: string | undefined
  readonly expiresAt?: number | null | undefined
}

/** Changes one entry; it is the administrator's from then on. */
export async function updateSender(
  scope: Scope,
  { id, change }: { readonly id: string; readonly change: SenderChange },
  { store, clock, link }: Deps,
): Promise<ManagedSender> {
  const { tenantId } = scope
  const now = clock.now()
  requireFuture(change.expiresAt ?? null, now)
  const updated = await store.transaction(async (trx) => {
    const row = await requireSender(trx, tenantId, id)
    if (isEmptyChange(change)) return (await shown(trx, tenantId, [row], now))[0]!
    const only = change.onlyIfAuthenticated ?? row.only_if_authenticated === 1
    const after: SenderRow = {
      ...row,
      action: change.action ?? row.action,
      // What was allowed by itself and is now said by a person stays until a person takes it away.
      source: row.source === 'auto-allow' ? 'manual' : row.source,
      only_if_authenticated: only && !row.sender.includes('@') ? 1 : 0,
      comment: change.comment ?? row.comment,
      expires_at: change.expiresAt === undefined ? row.expires_at : change.expiresAt,
      updated_at: now,
      // Taking back the import leaves what a person has changed since.
      reference: row.source === 'imported' || row.source === 'auto-allow' ? null : row.reference,
      suspended_at: null,
      suspended_by: null,
    }
    await putRows(trx, [after], { tenantId, now, dialect: store.dialect })
    const event = { action: 'sender.changed', subject: subjectOf(row), at: now }
    await appendAudit(trx, scope, { ...event, before: stateOf(row), after: stateOf(after) })
    return (await shown(trx, tenantId, [after], now))[0]!
  })
  link.settingsChanged()
  return updated
}

export async function removeSender(scope: Scope, id: string, { store, clock, link }: Deps): Promise<void> {
  const { tenantId } = scope
  await store.transaction(async (trx) => {
    const row = await requireSender(trx, tenantId, id)
    const now = clock.now()
    await deleteSenders(trx, [row], { tenantId, now, dialect: store.dialect })
    const event = { action: 'sender.removed', subject: subjectOf(row), at: now }
    await appendAudit(trx, scope, { ...event, before: stateOf(row), after: null })
  })
  link.settingsChanged()
}

/** Removes what a filter finds, at most so many a call; `more` asks for the next call. */
export async function removeSenders(
  scope: Scope,
  { all, ...filter }: SenderFilter & { readonly all: boolean },
  deps: Deps,
): Promise<{ readonly removed: number; readonly more: boolean }> {
  const { store, clock, link } = deps
  const { tenantId } = scope
  const isEmpty = Object.values(filter).every((value) => value === undefined || value === '')
  if (isEmpty && !all) {
    throw invalidInput([{ path: '/all', message: 'Say what to remove, or that all entries are meant.' }])
  }
  const asked = await withPrimary(scope, { ...filter, limit: SENDERS_PER_REMOVE_MAX }, deps)
  const result = await store.transaction(async (trx) => {
    const now = clock.now()
    const { rows, next } = await pageOfEntries(trx, { tenantId, now, dialect: store.dialect }, asked)
    if (rows.length === 0) return { removed: 0, more: false }
    await deleteSenders(trx, rows, { tenantId, now, dialect: store.dialect })
    await appendAudit(trx, scope, {
      action: 'senders.removed',
      subject: isEmpty ? 'senders of all users' : 'senders that a filter found',
      before: { ...filter, entries: rows.length },
      after: null,
      at: now,
    })
    return { removed: rows.length, more: next !== null }
  })
  link.settingsChanged()
  return result
}

/** A filter by an alias means the list of its user. */
async function withPrimary(
  scope: Scope,
  query: SenderQuery,
  { store }: Pick<Deps, 'store'>,
): Promise<SenderQuery> {
  if (!query.user) return query
  const key = addressKey(query.user)
  const primaries = await primariesOf(store.db, scope.tenantId, [key], store.dialect)
  return { ...query, user: primaries.get(key) ?? key }
}

async function shown(
  db: Db,
  tenantId: string,
  rows: readonly SenderRow[],
  now: number,
): Promise<ManagedSender[]> {
  const waiting = await waitingAmong(
    db,
    tenantId,
    rows.map(({ user_key }) => user_key),
  )
  return rows.map((row) => managedSenderOf(row, { now, isWaiting: waiting.has(row.user_key) }))
}

function requireUser(text: string, domains: OwnDomains): string {
  const read = readUserAddress(text, domains)
  if (read.ok) return read.value.key
  const errors = [{ path: '/user', message: addressRemedy(read.fault, text, domains) }]
  if (read.fault === 'address-syntax') throw invalidInput(errors)
  throw problem('address-not-in-domain', errors[0]!.message, { errors })
}

function requireSenders(input: SendersInput, userKey: string, domains: OwnDomains): readonly NewSender[] {
  const entries = new Map<string, NewSender>()
  const isOwn = ownDomainTest(domains)
  for (const [index, text] of input.senders.entries()) {
    const read = readSender(text, isOwn)
    if (!read.ok) {
      const errors = [{ path: `/senders/${index}`, message: senderRemedy(read.fault, text) }]
      if (read.fault !== 'sender-internal') throw invalidInput(errors)
      throw problem('sender-internal', errors[0]!.message, { errors })
    }
    const { sender, domain, kind } = read.value
    const onlyIfAuthenticated = kind === 'domain' && input.action === 'permit' && input.onlyIfAuthenticated
    entries.set(sender, { userKey, sender, domain, action: input.action, onlyIfAuthenticated })
  }
  return [...entries.values()]
}

function sameAs(input: SendersInput): (row: SenderRow, entry: NewSender) => boolean {
  return (row, entry) =>
    row.action === entry.action &&
    row.source === 'manual' &&
    row.comment === input.comment &&
    row.expires_at === input.expiresAt &&
    (row.only_if_authenticated === 1) === entry.onlyIfAuthenticated
}

function requireFuture(expiresAt: number | null, now: number): void {
  if (expiresAt === null || expiresAt > now) return
  throw invalidInput([{ path: '/expiresAt', message: 'Choose a day that is still to come.' }])
}

async function requireSender(db: Db, tenantId: string, id: string): Promise<SenderRow> {
  const place = managedSenderOfId(id)
  const row = place && (await findSender(db, tenantId, place))
  if (!row) throw problem('not-found', 'There is no such entry here.')
  return row
}

function subjectOf({ user_key, sender }: SenderRow): string {
  return `sender ${sender} of ${user_key}`
}

function stateOf(row: SenderRow) {
  return {
    sender: row.sender,
    action: row.action,
    onlyIfAuthenticated: row.only_if_authenticated === 1,
    comment: row.comment,
    expiresAt: row.expires_at,
  }
}
