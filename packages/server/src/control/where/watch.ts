// Word when awaited mail comes (K1b), and the gateway's heartbeat, from which its own silences are known.
import type { BodyOf } from '@gatepost/contract/endpoint.ts'
import { type addWatch, type MailWatch, WATCH_DAYS, WATCHES_MAX } from '@gatepost/contract/where.ts'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { newId } from '#platform/random.ts'
import { appendAudit } from '../audit/audit.ts'
import { takeLease } from '../connect/store.ts'
import { readerLanguage } from '../digest/reader-language.ts'
import { validatedNames } from '../domain/store.ts'
import { mailLetter } from '../letter.ts'
import { letterWords } from '../letter-words.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import type { Tracking } from '../tracking/tracking.ts'
import {
  beat,
  deleteWatch,
  dropOldDowntimes,
  dropOldWatches,
  insertDowntime,
  insertWatch,
  markFound,
  openWatches,
  type WatchRow,
  watchesOf,
} from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock'>
export type WatchDeps = Pick<ControlDeps, 'store' | 'clock' | 'link' | 'config' | 'emit'> & {
  readonly tracking: Pick<Tracking, 'listMessages'>
}

const DAY_MS = 86_400_000
const ROUND_MS = 15_000
const LEASE_MS = 60_000
/** Silences shorter than this are restarts that nobody notices. */
const SILENCE_MS = 60_000
/** Silences are told of for as long as tracking is kept by most. */
const DOWNTIME_DAYS = 60

export async function listMailWatches({ tenantId }: Scope, { store }: Pick<Deps, 'store'>) {
  const items = (await watchesOf(store.db, tenantId)).map(shown)
  return { items, next: null, total: items.length }
}

/** Throws `invalid-input`, `limit-reached`. */
export async function addMailWatch(
  scope: Scope,
  input: BodyOf<typeof addWatch>,
  { store, clock }: Deps,
): Promise<MailWatch> {
  const { sender, recipient, subject, tell } = input
  if (`${sender}${recipient}${subject}` === '') {
    throw invalidInput([{ path: '/sender', message: 'Say who will write, to whom, or about what.' }])
  }
  const { tenantId } = scope
  const domains = await validatedNames(store.db, tenantId)
  const mailbox = mailboxOf(tell)
  if (mailbox === null || !domains.has(mailbox.domain)) {
    throw invalidInput([{ path: '/tell', message: 'Choose an address in a validated domain of yours.' }])
  }
  const now = clock.now()
  const row: WatchRow = {
    tenant_id: tenantId,
    id: newId('opr', now),
    sender: sender || null,
    recipient: recipient || null,
    subject: subject || null,
    tell,
    created_at: now,
    created_by: scope.actor.name,
    expires_at: now + WATCH_DAYS * DAY_MS,
    found_at: null,
    found_id: null,
  }
  await store.transaction(async (trx) => {
    const open = (await watchesOf(trx, tenantId)).filter(({ found_at: at }) => at === null)
    if (open.length >= WATCHES_MAX) throw problem('limit-reached')
    await insertWatch(trx, row)
    const after = { sender, recipient, subject, tell }
    await appendAudit(trx, scope, {
      action: 'watch.added',
      subject: 'awaited mail',
      before: null,
      after,
      at: now,
    })
  })
  return shown(row)
}

export async function removeMailWatch(
  scope: Scope,
  id: string,
  { store, clock }: Deps,
): Promise<Record<string, never>> {
  await store.transaction(async (trx) => {
    if (!(await deleteWatch(trx, scope.tenantId, id))) throw problem('not-found')
    const event = { action: 'watch.removed', subject: 'awaited mail', before: null, after: null }
    await appendAudit(trx, scope, { ...event, at: clock.now() })
  })
  return {}
}

function shown(row: WatchRow): MailWatch {
  return {
    id: row.id,
    sender: row.sender ?? '',
    recipient: row.recipient ?? '',
    subject: row.subject ?? '',
    tell: row.tell,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    foundAt: row.found_at,
    messageId: row.found_id,
  }
}

/** Beats and looks for awaited mail until the signal aborts. */
export async function watchAwaited(deps: WatchDeps, signal: AbortSignal): Promise<void> {
  const { store, clock, emit } = deps
  const holder = store.dialect === 'sqlite' ? 'embedded' : newId('opr', clock.now())
  while (!signal.aborted) {
    try {
      const now = clock.now()
      await noteBeat(deps)
      if (await takeLease(store.db, { holder, now, until: now + LEASE_MS, subject: 'awaited' })) {
        await lookForAwaited(deps)
        await dropOldWatches(store.db, now - DOWNTIME_DAYS * DAY_MS)
        await dropOldDowntimes(store.db, now - DOWNTIME_DAYS * DAY_MS)
      }
    } catch (error) {
      if (!signal.aborted) emit('control.check.failed', { check: 'awaited mail', error })
    }
    await clock.sleep(ROUND_MS, signal)
  }
}

/** A gap between two beats is a time without a gateway. */
export async function noteBeat({ store, clock }: Deps): Promise<void> {
  const now = clock.now()
  await store.transaction(async (trx) => {
    const last = await beat(trx, now)
    if (last === null || now - last < SILENCE_MS) return
    await insertDowntime(trx, newId('opr', now), { from: last, until: now })
  })
}

/** One round over all watches; each found one is told once. */
export async function lookForAwaited(deps: WatchDeps): Promise<number> {
  const { store, clock, tracking, emit } = deps
  const now = clock.now()
  let found = 0
  for (const row of await openWatches(store.db, now)) {
    const scope: Scope = {
      tenantId: row.tenant_id,
      actor: { kind: 'system', name: 'Gatepost' },
      from: 'internal',
    }
    const { items } = await tracking.listMessages(scope, {
      ...(row.sender === null ? {} : { sender: row.sender }),
      ...(row.recipient === null ? {} : { recipient: row.recipient }),
      ...(row.subject === null ? {} : { search: row.subject }),
      from: row.created_at,
      limit: 1,
    })
    const [message] = items
    if (message === undefined) continue
    await store.transaction((trx) => markFound(trx, row, { at: now, messageId: message.id }))
    found += 1
    await mailWord(row, { status: message.status, messageId: message.id }, deps).catch((error) =>
      emit('control.request.failed', { what: 'word of awaited mail', error }),
    )
  }
  return found
}

async function mailWord(
  row: WatchRow,
  { status, messageId }: { readonly status: string; readonly messageId: string },
  deps: WatchDeps,
): Promise<void> {
  const { tenant_id: tenantId, tell: to, sender, recipient, created_by: by } = row
  const words = letterWords[await readerLanguage(deps.store.db, tenantId, to)]
  const text = words.awaited({ sender, recipient, status, messageId, by })
  const result = await mailLetter({ tenantId, to: [to], ...text }, deps)
  if (result.kind === 'failed') throw new Error(result.why)
}
