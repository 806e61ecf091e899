// Sends digests (H4, H6): by schedule, at once, or because somebody asked. Each held message is told of once,
// also when two processes send, and also when the gateway stops in between.
import { addressKey } from '@gatepost/mail/address.ts'
import { newId, newSecret, digestOf as sha256 } from '#platform/random.ts'
import { validatedNames } from '../domain/store.ts'
import { nameOfClass } from '../hold/classes.ts'
import { type HeldRow, heldMessageIds, heldRowsOf } from '../hold/store.ts'
import { letterAuthor } from '../letter.ts'
import { problem } from '../problem.ts'
import { heldDaysOf } from '../retention/store.ts'
import type { ControlDeps } from '../scope.ts'
import { primariesOf } from '../sender/store.ts'
import { addressesOfUsers, findUser } from '../user/store.ts'
import { digestLetter } from './letter.ts'
import { DIGEST_DEFAULTS } from './settings.ts'
import {
  type Choice,
  choicesOf,
  digestOf,
  insertLinks,
  lastSentTo,
  mailboxesWithHeld,
  markTold,
  noteSent,
  type StoredDigest,
} from './store.ts'

export type DigestDeps = Pick<ControlDeps, 'store' | 'clock' | 'config'> & {
  readonly link: Pick<ControlDeps['link'], 'order'>
  /** The console's outward address, ending in a slash. */
  readonly url: string
}

export type DigestReason = 'schedule' | 'at-once' | 'asked'

/** A digest is for reading; the portal has the rest. */
const LINES_MAX = 100
const MESSAGES_READ_MAX = 1_000
const HELD_DAYS = 14
const DAY_MS = 86_400_000
/** A message that was only just held may be released by its next copy, or by an administrator. */
const SETTLE_MS = 60_000
/** A notice at once comes at most so often. */
const AT_ONCE_MS = 10 * 60_000

/** Tells everybody of an organisation who has held mail; resolves with how many digests went out. */
export async function sendDigests(
  tenantId: string,
  reason: Exclude<DigestReason, 'asked'>,
  deps: DigestDeps,
): Promise<number> {
  const { store, clock } = deps
  const digest = (await digestOf(store.db, tenantId)) ?? DIGEST_DEFAULTS
  const now = clock.now()
  const heldBefore = reason === 'at-once' ? now - SETTLE_MS : now
  const query = { tenantId, classes: digest.classes, untoldOnly: true, heldBefore }
  const mailboxes = await mailboxesWithHeld(store.db, query)
  const readers = await readersOf(tenantId, mailboxes, digest, deps)
  let sent = 0
  for (const reader of readers) {
    if (reason === 'at-once') {
      const last = await lastSentTo(store.db, tenantId, reader.mailbox)
      if (last !== null && now - last < AT_ONCE_MS) continue
    }
    if (await sendOne(tenantId, reader, { digest, reason, untoldOnly: true }, deps)) sent += 1
  }
  return sent
}

/** A new digest of one mailbox with everything that is held for it. Throws `edge-unreachable`. */
export async function sendDigestOf(
  tenantId: string,
  mailbox: string,
  deps: DigestDeps,
): Promise<{ readonly messages: number; readonly to: readonly string[] }> {
  const digest = (await digestOf(deps.store.db, tenantId)) ?? DIGEST_DEFAULTS
  const user = await findUser(deps.store.db, tenantId, mailbox)
  const addresses = user === null ? [] : await addressesOfUsers(deps.store.db, tenantId, [user.id])
  const keys = [...new Set([addressKey(mailbox), ...addresses.map(({ address_key: key }) => key)])]
  const readers = await readersOf(tenantId, keys, digest, deps, true)
  const reader = readers.find(({ addresses: all }) => all.includes(addressKey(mailbox)))
  if (reader === undefined) throw problem('not-found', `Nobody is told of held mail for ${mailbox}.`)
  const messages = await sendOne(tenantId, reader, { digest, reason: 'asked', untoldOnly: false }, deps)
  return { messages: messages ?? 0, to: reader.to }
}

/** Whose held mail it is, and who reads of it. */
export type Reader = {
  /** The primary address of a user, or the address itself. */
  readonly mailbox: string
  /** All addresses of which held mail belongs here. */
  readonly addresses: readonly string[]
  readonly to: readonly string[]
  readonly choice: Choice | null
}

/** Mail for an alias belongs to its user; for shared mailboxes and groups somebody else is told. */
async function readersOf(
  tenantId: string,
  mailboxes: readonly string[],
  { delegates }: Pick<StoredDigest, 'delegates'>,
  { store }: Pick<DigestDeps, 'store'>,
  evenOff = false,
): Promise<readonly Reader[]> {
  const [primaries, choices, domains] = await Promise.all([
    primariesOf(store.db, tenantId, mailboxes, store.dialect),
    choicesOf(store.db, tenantId),
    validatedNames(store.db, tenantId),
  ])
  const told = new Map(delegates.map(({ mailbox, to }) => [mailbox, to]))
  const readers = new Map<string, Reader>()
  for (const address of mailboxes) {
    const mailbox = told.has(address) ? address : (primaries.get(address) ?? address)
    const isUser = primaries.has(address)
    const to = told.get(address) ?? told.get(mailbox) ?? (isUser ? [mailbox] : [])
    const choice = choices.get(mailbox) ?? null
    const isOff = choice?.digest === 'off' && !evenOff
    const own = to.filter((one) => domains.has(one.slice(one.lastIndexOf('@') + 1)))
    if (own.length === 0 || isOff) continue
    const before = readers.get(mailbox)
    const addresses = [...new Set([...(before?.addresses ?? []), address])]
    readers.set(mailbox, { mailbox, addresses, to: own, choice })
  }
  return [...readers.values()]
}

type Sending = {
  readonly digest: StoredDigest
  readonly reason: DigestReason
  readonly untoldOnly: boolean
}

/** Null where nothing is to be told. */
async function sendOne(
  tenantId: string,
  reader: Reader,
  { digest, reason, untoldOnly }: Sending,
  deps: DigestDeps,
): Promise<number | null> {
  const { store, clock } = deps
  const now = clock.now()
  const rows = await rowsFor(tenantId, reader, { digest, untoldOnly }, deps)
  if (rows.length === 0) return reason === 'asked' ? 0 : null
  const days = (await heldDaysOf(store.db, tenantId)) ?? HELD_DAYS
  const listed = rows.slice(0, LINES_MAX)
  for (const to of reader.to) {
    const links = listed.map((row) => ({ row, token: newSecret() }))
    // The links are there before the mail is; a mail that does not go leaves links that nobody has.
    await store.transaction((trx) =>
      insertLinks(
        trx,
        links.map(({ row, token }) => ({
          digest: sha256(token),
          tenant_id: tenantId,
          mailbox: reader.mailbox,
          reader: to,
          message_id: row.message_id,
          recipient_index: row.recipient_index,
          created_at: now,
          expires_at: row.held_at + days * DAY_MS,
          used_at: null,
          used_for: null,
        })),
      ),
    )
    await submit(tenantId, { to, reader, links, more: rows.length - listed.length, digest, days }, deps)
  }
  const items = rows.map((row) => ({ messageId: row.message_id, index: row.recipient_index }))
  await store.transaction(async (trx) => {
    await markTold(trx, tenantId, items, now)
    const sent = { tenant_id: tenantId, mailbox: reader.mailbox, at: now, messages: rows.length, reason }
    await noteSent(trx, sent)
  })
  return rows.length
}

async function rowsFor(
  tenantId: string,
  { addresses, mailbox }: Reader,
  { digest, untoldOnly }: Pick<Sending, 'digest' | 'untoldOnly'>,
  { store }: Pick<DigestDeps, 'store'>,
): Promise<readonly HeldRow[]> {
  const mailboxes = [...new Set([...addresses, mailbox])]
  const query = { tenantId, state: 'held', mailboxes, ...(untoldOnly ? { untold: true } : {}) } as const
  const ids = await heldMessageIds(store.db, query, { limit: MESSAGES_READ_MAX, after: null })
  const rows = await heldRowsOf(store.db, query, ids)
  return rows.filter(
    (row) => row.direction === 'inbound' && digest.classes.includes(row.class) && isTold(row),
  )
}

/** What is refused for this recipient is no choice of theirs; what is judged again may come. */
function isTold({ because, again_at: againAt }: HeldRow): boolean {
  return because !== 'refused-for-this-recipient' && againAt === null
}

type Filled = {
  readonly to: string
  readonly reader: Reader
  readonly links: readonly { readonly row: HeldRow; readonly token: string }[]
  readonly more: number
  readonly digest: StoredDigest
  readonly days: number
}

async function submit(
  tenantId: string,
  { to, reader, links, more, digest, days }: Filled,
  { store, link, clock, config, url }: DigestDeps,
): Promise<void> {
  const now = clock.now()
  const id = newId('msg', now)
  const content = digestLetter({
    id,
    hostname: config.hostname,
    author: await letterAuthor(tenantId, to, { store, config }),
    to,
    mailbox: reader.mailbox,
    language: reader.choice?.language ?? digest.language,
    timeZone: digest.schedule.timeZone,
    lines: links.map(({ row, token }) => ({
      author: row.author ?? row.reverse_path ?? '–',
      subject: row.subject,
      class: row.class,
      className: nameOfClass(row.class),
      heldAt: row.held_at,
      isFirstContact: row.first_contact === 1,
      // Behind the number sign: neither servers nor logs learn it.
      link: `${url}held-link#token=${token}`,
    })),
    more,
    portal: `${url}portal`,
    days,
    now,
  })
  const result = await link.order({
    kind: 'submit',
    id: newId('ord', now),
    tenantId,
    reversePath: null,
    forwardPaths: [to],
    content: content.toString('base64'),
  })
  if (result.kind === 'failed') throw problem('edge-unreachable', `The edge could not: ${result.why}.`)
}
