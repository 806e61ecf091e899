// Looking through recipients that were taken without being listed, and what a mode would have refused (C8).
import type { RecipientMode } from '@gatepost/contract/domain.ts'
import type { RecipientPreview, UnlistedRecipient } from '@gatepost/contract/recipient.ts'
import { newId } from '#platform/random.ts'
import { appendAudit } from '../audit/audit.ts'
import { requireDomain } from '../domain/domain.ts'
import { countOf } from '../domain/look.ts'
import { blockedMode } from '../domain/recipient-mode.ts'
import { domainsOf, userCounts } from '../domain/store.ts'
import { type Page, pageOf } from '../page.ts'
import { invalidInput } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { readUserAddress, type UserAddress } from '../user/address.ts'
import { feedRecipients } from '../user/recipient-feed.ts'
import { insertUsers, ownersOf } from '../user/store.ts'
import {
  countUnlisted,
  dismissSeen,
  dropSeen,
  notInDirectory,
  type SeenRecipientRow,
  unlistedOf,
} from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

/** What is shown and previewed: two weeks hold most of those who write once a month. */
export const PREVIEW_DAYS = 14
const DAY_MS = 86_400_000
const SAMPLE = 8
/** Kept in sight on the review page: the longest time a domain may learn. */
const REVIEW_DAYS = 60

/** A page of unlisted recipients; the cursor is an offset, since counts change under it anyway. */
export async function listUnlisted(
  scope: Scope,
  input: { readonly domain: string; readonly after?: string | undefined; readonly limit: number },
  deps: Deps,
): Promise<Page<UnlistedRecipient>> {
  const { store, clock } = deps
  const { name } = await requireDomain(scope, input.domain, deps)
  const place = { tenantId: scope.tenantId, domain: name, since: clock.now() - REVIEW_DAYS * DAY_MS }
  const offset = input.after === undefined ? 0 : Math.max(0, Number.parseInt(input.after, 10) || 0)
  const rows = await unlistedOf(store.db, place, { limit: input.limit + 1, offset })
  const { addresses } = await countUnlisted(store.db, place)
  return pageOf(rows, input.limit, {
    item: unlistedRecipientOf,
    cursor: () => String(offset + input.limit),
    total: addresses,
  })
}

/** Makes users of recipients. Those that somebody has meanwhile are no fault. */
export async function addUnlisted(
  scope: Scope,
  input: { readonly domain: string; readonly addresses: readonly string[] },
  deps: Deps,
): Promise<{ added: number }> {
  const { store, clock, link } = deps
  const { name } = await requireDomain(scope, input.domain, deps)
  const { tenantId } = scope
  const added = await store.transaction(async (trx) => {
    const domains = new Map(
      (await domainsOf(trx, tenantId)).map((row) => [row.name, row.validated_at !== null]),
    )
    const addresses = readAddresses(input.addresses, name, domains)
    const owners = await ownersOf(trx, tenantId, [...addresses.keys()])
    const fresh = [...addresses.values()].filter(({ key }) => !owners.has(key))
    const now = clock.now()
    await dropSeen(trx, tenantId, [...addresses.keys()])
    if (fresh.length === 0) return 0
    const users = fresh.map((email) => ({ id: newId('usr', now), email, name: '', aliases: [] }))
    await insertUsers(trx, users, { tenantId, source: 'manual', reference: null, now })
    const fed = {
      tenantId,
      source: 'manual',
      added: fresh.map(({ key }) => ({ key, primaryKey: key })),
      removed: [],
    }
    await feedRecipients(trx, fed, { dialect: store.dialect, now })
    const after = { addresses: fresh.map(({ address }) => address) }
    const subject = `${countOf(fresh.length, 'recipient')} of ${name}`
    await appendAudit(trx, scope, { action: 'user.added', subject, before: null, after, at: now })
    return fresh.length
  })
  link.settingsChanged()
  return { added }
}

export async function dismissUnlisted(
  scope: Scope,
  input: { readonly domain: string; readonly addresses: readonly string[] },
  deps: Deps,
): Promise<{ dismissed: number }> {
  const { store, clock } = deps
  const { name } = await requireDomain(scope, input.domain, deps)
  const dismissed = await store.transaction(async (trx) => {
    const now = clock.now()
    const place = { tenantId: scope.tenantId, domain: name, addresses: input.addresses }
    const done = await dismissSeen(trx, place, now)
    const subject = `${countOf(done, 'recipient')} of ${name}`
    const after = { addresses: input.addresses }
    await appendAudit(trx, scope, { action: 'recipient.set-aside', subject, before: null, after, at: now })
    return done
  })
  return { dismissed }
}

/** What each mode would have refused of the last days' mail, as far as it was taken. */
export async function previewRecipients(
  scope: Scope,
  reference: string,
  deps: Deps,
): Promise<RecipientPreview> {
  const { store, clock } = deps
  const row = await requireDomain(scope, reference, deps)
  const since = clock.now() - PREVIEW_DAYS * DAY_MS
  const place = { tenantId: scope.tenantId, domain: row.name, since }
  const [unlisted, sample, users, outside] = await Promise.all([
    countUnlisted(store.db, place),
    unlistedOf(store.db, place, { limit: SAMPLE, offset: 0 }),
    userCounts(store.db, scope.tenantId),
    notInDirectory(store.db, place, SAMPLE),
  ])
  const known = users.get(row.name) ?? 0
  const modes: readonly RecipientMode[] = ['known', 'directory', 'call-forward', 'learning', 'accept-all']
  const addresses = sample.map(({ address }) => address)
  const nobody = { addresses: 0, messages: 0, sample: [] as string[] }
  return {
    since,
    modes: await Promise.all(
      modes.map(async (mode) => {
        const blocked = await blockedMode(store.db, row, mode, clock.now())
        if (mode === 'known')
          return { mode, ...unlisted, sample: addresses, text: knownText(unlisted, known), blocked }
        if (mode === 'directory') {
          const found = {
            addresses: unlisted.addresses + outside.users,
            messages: unlisted.messages,
            sample: [...addresses, ...outside.sample].slice(0, SAMPLE),
          }
          return { mode, ...found, text: directoryText(unlisted, outside.users), blocked }
        }
        return { mode, ...nobody, text: TEXTS[mode], blocked }
      }),
    ),
  }
}

const TEXTS = {
  'call-forward': 'The mail host decides for each recipient; what it would refuse is not known beforehand.',
  learning: 'Nothing is refused while the domain learns.',
  'accept-all': 'Nothing is refused.',
} as const

type Unlisted = { readonly addresses: number; readonly messages: number }

function knownText({ addresses, messages }: Unlisted, users: number): string {
  if (addresses === 0) {
    return users === 0
      ? 'No mail was seen, and no user is known.'
      : 'Nothing of the mail seen would be refused.'
  }
  const seen = `${countOf(addresses, 'address', 'addresses')} seen in ${PREVIEW_DAYS} days`
  return `${seen} ${addresses === 1 ? 'is' : 'are'} not in the list: ${countOf(messages, 'message')} would be refused.`
}

function directoryText(unlisted: Unlisted, users: number): string {
  const rest =
    users === 0
      ? ''
      : ` ${countOf(users, 'listed address', 'listed addresses')} no directory names would be refused too.`
  return `${knownText(unlisted, 1)}${rest}`
}

function readAddresses(
  texts: readonly string[],
  domain: string,
  domains: ReadonlyMap<string, boolean>,
): ReadonlyMap<string, UserAddress> {
  const found = new Map<string, UserAddress>()
  for (const [index, text] of texts.entries()) {
    const read = readUserAddress(text, domains)
    if (!read.ok || read.value.domain !== domain) {
      throw invalidInput([{ path: `/addresses/${index}`, message: `“${text}” is no address of ${domain}.` }])
    }
    found.set(read.value.key, read.value)
  }
  return found
}

function unlistedRecipientOf(row: SeenRecipientRow): UnlistedRecipient {
  return {
    address: row.address,
    firstSeenAt: Number(row.first_seen_at),
    lastSeenAt: Number(row.last_seen_at),
    messages: Number(row.messages),
    delivered: Number(row.delivered),
    refused: Number(row.refused),
  }
}
