// Auto allow (S4): what edges report of accepted outbound mail becomes entries of the senders' own lists, is
// renewed by use, and suspended where an answer turned out to be bad.
import { managedSenderKey, managedSenderOfId } from '#link/managed-sender.ts'
import { AUTO_ALLOW_DEFAULTS } from '#policy/auto-allow.ts'
import { appendFeed } from '#store/feed.ts'
import type { Store, Trx } from '#store/open.ts'
import { readUserAddress } from '../user/address.ts'
import { ownDomains } from '../user/store.ts'
import { autoAllowRow, heldAmong, noteHeld } from './auto-allow-store.ts'
import type { BadEntryNote, CorrespondenceNote, CorrespondenceNotes } from './correspondence-notes.ts'
import { ownDomainTest, type SenderRow } from './entry.ts'
import { findSender } from './store.ts'
import { entriesAmong, feedRows, type NewSender, putRows, writeSenders } from './write-store.ts'

const DAY_MS = 86_400_000
/** Keeps the notes; true when lists changed, so that edges are told. */
export async function keepCorrespondence(
  { made, bad, held }: CorrespondenceNotes,
  { store }: { readonly store: Store },
): Promise<boolean> {
  const tenants = new Set([...made, ...bad, ...held].map(({ tenantId }) => tenantId))
  let changed = 0
  for (const tenantId of tenants) {
    const of = <Note extends { readonly tenantId: string }>(notes: readonly Note[]): Note[] =>
      notes.filter((note) => note.tenantId === tenantId)
    changed += await store.transaction(async (trx) => {
      await noteHeld(trx, tenantId, of(held))
      const suspended = await suspend(trx, of(bad), { tenantId, dialect: store.dialect })
      return suspended + (await allow(trx, of(made), { tenantId, dialect: store.dialect }))
    })
  }
  return changed > 0
}

type At = { readonly tenantId: string; readonly dialect: Store['dialect'] }

async function suspend(trx: Trx, notes: readonly BadEntryNote[], { tenantId, dialect }: At): Promise<number> {
  let count = 0
  for (const { id, at, messageId } of notes) {
    const place = managedSenderOfId(id)
    const row = place && (await findSender(trx, tenantId, place))
    if (row?.source !== 'auto-allow' || row.suspended_at !== null) continue
    const after = { ...row, suspended_at: at, suspended_by: messageId, updated_at: at }
    await putRows(trx, [after], { tenantId, now: at, dialect })
    count += 1
  }
  return count
}

async function allow(trx: Trx, notes: readonly CorrespondenceNote[], at: At): Promise<number> {
  if (notes.length === 0) return 0
  const { tenantId, dialect } = at
  const now = Math.max(...notes.map((note) => note.at))
  const setting = await autoAllowRow(trx, tenantId)
  const days = setting?.days ?? AUTO_ALLOW_DEFAULTS.days
  const isOn = setting === null ? AUTO_ALLOW_DEFAULTS.enabled : setting.enabled === 1
  const domains = await ownDomains(trx, tenantId)
  const isOwn = ownDomainTest(domains)
  const answered = await heldAmong(
    trx,
    tenantId,
    notes.flatMap(({ answers }) => answers),
  )
  const wanted = new Map<string, NewSender>()
  const refused: string[] = []
  for (const note of notes) {
    const isRefused = !isOn || note.answers.some((digest) => answered.has(digest))
    const user = readUserAddress(note.user, domains)
    for (const sender of note.to) {
      const domain = sender.slice(sender.lastIndexOf('@') + 1)
      const key = managedSenderKey(note.user, sender)
      if (isRefused || !user.ok || isOwn(domain)) refused.push(key)
      else {
        const common = { action: 'permit', onlyIfAuthenticated: false, reference: note.messageId } as const
        wanted.set(key, { userKey: note.user, sender, domain, ...common })
      }
    }
  }
  const entries = [...wanted.values()]
  const there = await entriesAmong(trx, tenantId, { entries, dialect })
  const plan = planOf(entries, there, now)
  const made = {
    tenantId,
    source: 'auto-allow',
    comment: '',
    expiresAt: now + days * DAY_MS,
    createdBy: 'auto allow',
    reference: null,
    now,
    dialect,
  } as const
  const { added, renewed, replaced, standing } = plan
  if (added.length + replaced.length > 0) {
    await writeSenders(trx, { added, replaced, unchanged: [], before: [] }, made)
  }
  const extended = renewed.map((row) => ({
    ...row,
    expires_at: made.expiresAt,
    updated_at: now,
    suspended_at: null,
    suspended_by: null,
  }))
  await putRows(trx, extended, { tenantId, now, dialect })
  // The accepting edge may have written ahead of us: it learns what stands there instead.
  await feedRows(trx, standing, { tenantId, now, dialect })
  await withdraw(trx, refused, { tenantId, now, dialect })
  return added.length + replaced.length + renewed.length + standing.length + refused.length
}

/** What becomes of each entry: a person's word stays, one that has run out is none. Pure. */
export function planOf(
  entries: readonly NewSender[],
  there: ReadonlyMap<string, SenderRow>,
  now: number,
): {
  readonly added: readonly NewSender[]
  readonly replaced: readonly NewSender[]
  readonly renewed: readonly SenderRow[]
  readonly standing: readonly SenderRow[]
} {
  const added: NewSender[] = []
  const replaced: NewSender[] = []
  const renewed: SenderRow[] = []
  const standing: SenderRow[] = []
  for (const entry of entries) {
    const row = there.get(managedSenderKey(entry.userKey, entry.sender))
    const hasEnded = row !== undefined && row.expires_at !== null && row.expires_at <= now
    if (row === undefined) added.push(entry)
    else if (row.source === 'auto-allow' && row.action === 'permit') renewed.push(row)
    else if (hasEnded) replaced.push(entry)
    else standing.push(row)
  }
  return { added, replaced, renewed, standing }
}

/** Takes back what an edge may have written ahead, where nothing else stands there. */
async function withdraw(
  trx: Trx,
  keys: readonly string[],
  { tenantId, now, dialect }: At & { readonly now: number },
): Promise<void> {
  for (const key of new Set(keys)) {
    const [userKey = '', sender = ''] = key.split('\n')
    const row = await findSender(trx, tenantId, { userKey, sender })
    if (row === null) {
      const item = { tenantId, list: 'managed-sender', key, value: null } as const
      await appendFeed(trx, [item], { dialect, now })
    } else await feedRows(trx, [row], { tenantId, now, dialect })
  }
}
