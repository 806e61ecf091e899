// What an end user sees and decides (H5): own mail alone, found by the user that the signed-in person is.
import type { BodyOf, OutputOf, QueryOf } from '@gatepost/contract/endpoint.ts'
import type { MailPreview } from '@gatepost/contract/held.ts'
import type {
  actOnOwnHeld,
  addOwnSender,
  listOwnHeld,
  listOwnRefused,
  listOwnSenders,
  OwnSettings,
  Portal,
} from '@gatepost/contract/portal.ts'
import { addressKey } from '@gatepost/mail/address.ts'
import type { SignInAttempts } from '../auth/attempts.ts'
import { type LinkDeps, userActions, userActs } from '../digest/links.ts'
import { type DigestDeps, sendDigestOf } from '../digest/send.ts'
import { DIGEST_DEFAULTS } from '../digest/settings.ts'
import { choicesOf, digestOf, lastSentTo, writeChoice } from '../digest/store.ts'
import { becauseText, nameOfClass } from '../hold/classes.ts'
import { rowsOfMessage } from '../hold/held.ts'
import { previewHeldMail } from '../hold/preview.ts'
import { ruleOf } from '../hold/settings.ts'
import { heldSettingsOf } from '../hold/settings-store.ts'
import { countHeldOf, type HeldRow, heldMessageIds, heldRowsOf } from '../hold/store.ts'
import { problem } from '../problem.ts'
import { heldDaysOf } from '../retention/store.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { addSenders, listSenders, removeSender } from '../sender/sender.ts'
import type { Tracking } from '../tracking/tracking.ts'
import { addressesOfUsers, findUser, usersById } from '../user/store.ts'

export type PortalDeps = Pick<ControlDeps, 'store' | 'clock' | 'link' | 'config'> &
  DigestDeps & {
    readonly link: ControlDeps['link']
    readonly attempts: Pick<SignInAttempts, 'spend'>
    readonly tracking: Pick<Tracking, 'listMessages'>
  }

const HELD_DAYS = 14
const DAY_MS = 86_400_000
const REFUSED_DAYS = 7
/** A new digest by hand, so often at most. */
const ASKED_MS = 60_000

type Mailbox = { readonly address: string; readonly keys: readonly string[]; readonly own: boolean }

/** The person's own mailbox, and those that it is told for. */
export async function mailboxesOf(
  scope: Scope,
  { store }: Pick<PortalDeps, 'store'>,
): Promise<readonly Mailbox[]> {
  const { tenantId, actor } = scope
  if (actor.kind !== 'person') return []
  const person = await store.db
    .selectFrom('person')
    .select('user_id')
    .where('id', '=', actor.id)
    .executeTakeFirst()
  if (!person?.user_id) return []
  const user = (await usersById(store.db, tenantId, [person.user_id])).get(person.user_id)
  if (user === undefined) return []
  const addresses = await addressesOfUsers(store.db, tenantId, [user.id])
  const keys = addresses.map(({ address_key: key }) => key)
  const own: Mailbox = { address: user.email_key, keys, own: true }
  const digest = await digestOf(store.db, tenantId)
  const told = (digest?.delegates ?? []).filter(({ to }) => to.some((one) => keys.includes(one)))
  const others = await Promise.all(
    told.map(async ({ mailbox }): Promise<Mailbox> => {
      const shared = await findUser(store.db, tenantId, mailbox)
      const all = shared === null ? [] : await addressesOfUsers(store.db, tenantId, [shared.id])
      const sharedKeys = all.map(({ address_key: key }) => key)
      return { address: mailbox, keys: [...new Set([mailbox, ...sharedKeys])], own: false }
    }),
  )
  return [own, ...others]
}

export async function getOwnPortal(scope: Scope, deps: PortalDeps): Promise<Portal> {
  const { store } = deps
  const [mailboxes, digest, tenant] = await Promise.all([
    mailboxesOf(scope, deps),
    digestOf(store.db, scope.tenantId),
    store.db.selectFrom('tenant').select('name').where('id', '=', scope.tenantId).executeTakeFirst(),
  ])
  const keys = keysOf(mailboxes)
  return {
    organisation: tenant?.name ?? '',
    mailboxes: mailboxes.map(({ address, keys: all, own }) => ({
      address,
      aliases: all.filter((key) => key !== address),
      own,
    })),
    held: keys.length === 0 ? 0 : await countHeldOf(store.db, scope.tenantId, keys),
    settings: await ownSettings(scope, mailboxes, deps),
    digestEnabled: (digest ?? DIGEST_DEFAULTS).enabled,
  }
}

export async function listHeldOfMine(
  scope: Scope,
  { limit, after }: QueryOf<typeof listOwnHeld>,
  deps: PortalDeps,
): Promise<OutputOf<typeof listOwnHeld>> {
  const { store } = deps
  const mailboxes = keysOf(await mailboxesOf(scope, deps))
  if (mailboxes.length === 0) return { items: [], next: null, total: 0 }
  const query = { tenantId: scope.tenantId, state: 'held', mailboxes } as const
  const ids = await heldMessageIds(store.db, query, { limit: limit + 1, after: after ?? null })
  const shown = ids.slice(0, limit)
  const rows = (await heldRowsOf(store.db, query, shown)).filter(({ direction }) => direction === 'inbound')
  const [settings, days] = await Promise.all([
    heldSettingsOf(store.db, scope.tenantId),
    heldDaysOf(store.db, scope.tenantId),
  ])
  // One line a message: a person with two addresses on it decides for both.
  const byMessage = Map.groupBy(rows, ({ message_id: id }) => id)
  const items = [...byMessage.values()].map(([row]) => ({
    id: row!.message_id,
    recipient: row!.recipient,
    author: row!.author ?? row!.reverse_path,
    subject: row!.subject,
    class: row!.class,
    className: nameOfClass(row!.class),
    means: becauseText(row!.because),
    score: row!.score,
    heldAt: row!.held_at,
    endsAt: row!.held_at + (days ?? HELD_DAYS) * DAY_MS,
    firstContact: row!.first_contact === 1,
    requestedAt: row!.requested_at,
    may: userActions(settings, row!),
  }))
  return { items, next: ids.length > limit ? (shown.at(-1) ?? null) : null, total: null }
}

/** Throws `not-found` for anybody else's message, `not-allowed` for a class that users never get. */
export async function previewOfMine(scope: Scope, messageId: string, deps: PortalDeps): Promise<MailPreview> {
  const [row] = await ownRows(scope, messageId, deps)
  const { user } = ruleOf(await heldSettingsOf(deps.store.db, scope.tenantId), row!.class)
  if (user === 'never') throw problem('not-allowed', 'This kind of held mail is for administrators.')
  return previewHeldMail(scope, messageId, deps)
}

export async function actOnMine(
  scope: Scope,
  { action, messages, text }: BodyOf<typeof actOnOwnHeld>,
  deps: PortalDeps,
): Promise<OutputOf<typeof actOnOwnHeld>> {
  const places: { messageId: string; index: number }[] = []
  const left: { id: string; why: string }[] = []
  const [own] = await mailboxesOf(scope, deps)
  for (const messageId of new Set(messages)) {
    const rows = await ownRows(scope, messageId, deps).catch(() => [])
    if (rows.length === 0) left.push({ id: messageId, why: 'It is not held for you.' })
    for (const row of rows) places.push({ messageId, index: row.recipient_index })
  }
  const order = { places, action, text, by: own?.address ?? scope.actor.name }
  const acted = await userActs(scope, order, deps as Omit<LinkDeps, 'attempts'>)
  return { messages: acted.messages, left: [...left, ...acted.left] }
}

async function ownRows(scope: Scope, messageId: string, deps: PortalDeps): Promise<HeldRow[]> {
  const keys = keysOf(await mailboxesOf(scope, deps))
  const rows = await rowsOfMessage(deps.store.db, scope.tenantId, messageId)
  const own = rows.filter(({ mailbox, direction }) => direction === 'inbound' && keys.includes(mailbox))
  if (own.length === 0) throw problem('not-found', 'It is not held for you.')
  return own
}

/** What never came, newest first: of each own address, the last seven days. */
export async function listRefusedOfMine(
  scope: Scope,
  { limit, after }: QueryOf<typeof listOwnRefused>,
  deps: PortalDeps,
): Promise<OutputOf<typeof listOwnRefused>> {
  const [own] = await mailboxesOf(scope, deps)
  if (own === undefined) return { items: [], next: null, total: 0 }
  // `after` names the status it belongs to: refused ones come first, then those that are put off.
  const [status, cursor] = after === undefined ? ['refused', undefined] : splitCursor(after)
  const page = await deps.tracking.listMessages(scope, {
    recipient: own.address,
    status: status === 'deferred' ? 'deferred' : 'refused',
    direction: 'inbound',
    from: deps.clock.now() - REFUSED_DAYS * DAY_MS,
    limit,
    ...(cursor === undefined ? {} : { after: cursor }),
  })
  const items = page.items.map((row) => ({
    id: row.id,
    at: row.at,
    status: row.status === 'deferred' ? ('deferred' as const) : ('refused' as const),
    author: row.author ?? row.reversePath,
    recipient: ownRecipient(row.forwardPath, own),
    subject: row.subject,
    reason: row.reason,
  }))
  const next = page.next !== null ? `${status}:${page.next}` : status === 'refused' ? 'deferred:' : null
  return { items, next, total: null }
}

/** Of several recipients tracking names the first, who may be a blind copy: the reader's own is shown. */
export function ownRecipient(
  first: string | null,
  { address, keys }: Pick<Mailbox, 'address' | 'keys'>,
): string {
  return first !== null && keys.includes(addressKey(first)) ? first : address
}

function splitCursor(after: string): [string, string | undefined] {
  const at = after.indexOf(':')
  const cursor = after.slice(at + 1)
  return [after.slice(0, at), cursor === '' ? undefined : cursor]
}

export async function listSendersOfMine(
  scope: Scope,
  { limit, after, search }: QueryOf<typeof listOwnSenders>,
  deps: PortalDeps,
): Promise<OutputOf<typeof listOwnSenders>> {
  const [own] = await mailboxesOf(scope, deps)
  if (own === undefined) return { items: [], next: null, total: 0 }
  const query = { limit, user: own.address, ...(after ? { after } : {}), ...(search ? { search } : {}) }
  const { items, next } = await listSenders(scope, query, deps)
  const shown = items.map(({ id, sender, action, source, createdAt }) => {
    return { id, sender, action, source, createdAt }
  })
  return { items: shown, next, total: null }
}

export async function addSenderOfMine(
  scope: Scope,
  { sender, action }: BodyOf<typeof addOwnSender>,
  deps: PortalDeps,
): Promise<OutputOf<typeof addOwnSender>> {
  const own = await requireOwn(scope, deps)
  const isDomain = !sender.replace(/^@/, '').includes('@')
  const input = {
    user: own.address,
    senders: [sender],
    action,
    onlyIfAuthenticated: isDomain && action === 'permit',
    comment: 'From the portal',
    expiresAt: null,
  }
  const { added, replaced } = await addSenders(scope, input, deps)
  return { added: added + replaced }
}

/** Throws `not-found` for an entry of anybody else. */
export async function removeSenderOfMine(scope: Scope, id: string, deps: PortalDeps) {
  const own = await requireOwn(scope, deps)
  const { items } = await listSenders(scope, { limit: 500, user: own.address }, deps)
  if (!items.some((entry) => entry.id === id)) throw problem('not-found')
  await removeSender(scope, id, deps)
  return {}
}

export async function setMySettings(
  scope: Scope,
  settings: OwnSettings,
  deps: PortalDeps,
): Promise<OwnSettings> {
  const own = await requireOwn(scope, deps)
  const place = { tenantId: scope.tenantId, mailbox: own.address }
  await deps.store.transaction((trx) => writeChoice(trx, place, settings))
  return settings
}

/** Throws `too-many-attempts` within a minute of the last one. */
export async function sendMyDigest(scope: Scope, deps: PortalDeps): Promise<{ messages: number }> {
  const own = await requireOwn(scope, deps)
  const last = await lastSentTo(deps.store.db, scope.tenantId, own.address)
  if (last !== null && deps.clock.now() - last < ASKED_MS) {
    throw problem('too-many-attempts', 'A digest went out a moment ago.', { retryAfterSeconds: 60 })
  }
  const { messages } = await sendDigestOf(scope.tenantId, own.address, deps)
  return { messages }
}

async function requireOwn(scope: Scope, deps: PortalDeps): Promise<Mailbox> {
  const [own] = await mailboxesOf(scope, deps)
  if (own === undefined) throw problem('not-found', 'Your account has no mailbox in this organisation.')
  return own
}

async function ownSettings(
  { tenantId }: Scope,
  mailboxes: readonly Mailbox[],
  { store }: Pick<PortalDeps, 'store'>,
): Promise<OwnSettings> {
  const choice = (await choicesOf(store.db, tenantId)).get(mailboxes[0]?.address ?? '')
  return { digest: choice?.digest ?? null, language: choice?.language ?? null }
}

function keysOf(mailboxes: readonly Mailbox[]): string[] {
  return [...new Set(mailboxes.flatMap(({ keys }) => keys))]
}
