// Where word of alerts goes: webhook with its sealed secret, mail address, escalation, and a test of all of
// it.
import type { AlertChannel, AlertSend, ChannelChange, ChannelChanged } from '@gatepost/contract/alert.ts'
import { say } from '@gatepost/contract/sayings.ts'
import { addressKey, mailboxOf } from '@gatepost/mail/address.ts'
import { newSecret } from '#platform/random.ts'
import type { Db, Trx } from '#store/open.ts'
import { type Row, SYSTEM_TENANT } from '#store/schema.ts'
import { type AuditScope, appendAudit } from '../audit/audit.ts'
import { coolDownSeconds } from '../domain/schedule.ts'
import { domainsOf } from '../domain/store.ts'
import { fieldError, invalidInput, problem } from '../problem.ts'
import { changeSettings, isEmptyChange } from '../settings/settings.ts'
import { shownSend } from './present.ts'
import { mailTargets, placeOfSecret, type SendDeps, sendOne } from './send.ts'
import { channelOf, insertSends, organisationOf, type StoredChannel, sendsBy } from './store.ts'

/** Shown on the page of the channel. */
const SENDS_SHOWN_MAX = 10
/** So that a secret in a log or a mail is known for what it is. */
const SECRET_PREFIX = 'gpwh_'

export async function getChannel(
  scope: Pick<AuditScope, 'tenantId'>,
  { store }: Pick<SendDeps, 'store'>,
): Promise<AlertChannel> {
  const tenantId = scope.tenantId ?? SYSTEM_TENANT
  const [channel, organisation, domains, sends] = await Promise.all([
    channelOf(store.db, tenantId),
    organisationOf(store.db, tenantId),
    domainsOf(store.db, tenantId),
    sendsBy(store.db, tenantId, { limit: SENDS_SHOWN_MAX }),
  ])
  const mailsTo = await mailTargets(channel, organisation, { event: 'raised', db: store.db })
  const own = new Set(domains.map(({ name }) => name))
  const { row } = channel
  return {
    webhook: row?.webhook_url ? { url: row.webhook_url, secretSetAt: row.secret_set_at } : null,
    email: row?.email ?? null,
    mailsTo: [...mailsTo],
    mailCrossesUs: mailsTo.length > 0 && mailsTo.every((address) => own.has(domainOf(address))),
    escalateTo: row?.escalate_to ?? null,
    escalateMinutes: channel.escalateMinutes,
    silenced: [...channel.silenced] as AlertChannel['silenced'],
    revision: row?.revision ?? 0,
    lastSends: sends.map(shownSend),
  }
}

/** Sets what is given. A first webhook, or one at another host, makes a secret. Throws `invalid-input`. */
export async function setChannel(
  scope: AuditScope,
  change: ChannelChange,
  deps: SendDeps,
): Promise<ChannelChanged> {
  requireAddresses(change)
  if (change.webhookUrl) requireWebhook(change.webhookUrl, deps)
  const tenantId = scope.tenantId ?? SYSTEM_TENANT
  const secret = await deps.store.transaction(async (trx) => {
    if (isEmptyChange(change)) return null
    const stored = await channelOf(trx, tenantId)
    const before = fieldsOf(stored)
    const after = { ...before, ...withoutUndefined(change) }
    // A secret that one host knows is not handed to the next.
    const isNewHost = after.webhookUrl !== null && hostOf(after.webhookUrl) !== hostOf(before.webhookUrl)
    const made = isNewHost ? SECRET_PREFIX + newSecret() : null
    const now = deps.clock.now()
    const revision = await note(trx, scope, { action: 'alert-channel.changed', before, after, now })
    const kept = after.webhookUrl === null ? null : (stored.row?.webhook_secret ?? null)
    await write(trx, tenantId, {
      webhook_url: after.webhookUrl,
      webhook_secret: made === null ? kept : deps.secrets.seal(made, placeOfSecret(tenantId)),
      secret_set_at: made === null ? (kept === null ? null : (stored.row?.secret_set_at ?? null)) : now,
      email: after.email,
      escalate_to: after.escalateTo,
      escalate_minutes: after.escalateMinutes,
      silenced: JSON.stringify(after.silenced),
      tested_at: stored.row?.tested_at ?? null,
      revision: revision ?? (stored.row?.revision ?? 0) + 1,
    })
    return made
  })
  return { channel: await getChannel(scope, deps), secret }
}

/** Makes a new secret; the old one ends at once. Throws `not-found` without a webhook. */
export async function renewSecret(scope: AuditScope, deps: SendDeps): Promise<ChannelChanged> {
  const tenantId = scope.tenantId ?? SYSTEM_TENANT
  const secret = SECRET_PREFIX + newSecret()
  await deps.store.transaction(async (trx) => {
    const { row } = await channelOf(trx, tenantId)
    if (!row?.webhook_url) throw problem('not-found', say('problem.no-webhook'))
    const now = deps.clock.now()
    const before = { secretSetAt: row.secret_set_at }
    const event = { action: 'alert-channel.secret-renewed', before, after: { secretSetAt: now }, now }
    const revision = (await note(trx, scope, event)) ?? row.revision + 1
    const sealed = deps.secrets.seal(secret, placeOfSecret(tenantId))
    await write(trx, tenantId, { ...row, webhook_secret: sealed, secret_set_at: now, revision })
  })
  return { channel: await getChannel(scope, deps), secret }
}

/** Sends a test through every channel and waits for it. Throws `check-too-soon`. */
export async function testChannel(
  scope: AuditScope,
  deps: SendDeps,
): Promise<{ readonly sends: AlertSend[] }> {
  const tenantId = scope.tenantId ?? SYSTEM_TENANT
  const { store, clock } = deps
  const now = clock.now()
  const ids = await store.transaction(async (trx) => {
    const { row } = await channelOf(trx, tenantId)
    const waitSeconds = coolDownSeconds(row?.tested_at ?? null, now)
    if (waitSeconds > 0) {
      const detail = say('problem.test-ran', { seconds: waitSeconds })
      throw problem('check-too-soon', detail, { retryAfterSeconds: waitSeconds })
    }
    await write(trx, tenantId, { ...(row ?? EMPTY), tested_at: now })
    const channels = row?.webhook_url ? (['webhook', 'mail'] as const) : (['mail'] as const)
    // Out of the way of the background: this call itself sends.
    const dueAt = now + TEST_OURS_MS
    const sends = channels.map((channel) => ({ alertId: null, event: 'test' as const, channel, dueAt }))
    const action = 'alert-channel.tested'
    const event = { action, subject: 'alert channel', before: null, after: { channels }, at: now }
    await appendAudit(trx, scope, event)
    return insertSends(trx, tenantId, sends, now)
  })
  const rows = await sendsBy(store.db, tenantId, { ids, limit: ids.length })
  await Promise.all(rows.map((row) => sendOne({ ...row, attempts: 1 }, deps)))
  const done = await sendsBy(store.db, tenantId, { ids, limit: ids.length })
  return { sends: done.map((row) => ({ ...shownSend(row), attempts: 1 })) }
}

/** Longer than both channels take; should this process die, the background takes over after it. */
const TEST_OURS_MS = 120_000

type ChannelRow = Omit<Row<'alert_channel'>, 'tenant_id'>

const EMPTY: ChannelRow = {
  webhook_url: null,
  webhook_secret: null,
  secret_set_at: null,
  email: null,
  escalate_to: null,
  escalate_minutes: 60,
  silenced: '[]',
  tested_at: null,
  revision: 0,
}

async function write(
  db: Db,
  tenantId: string,
  row: ChannelRow & { readonly tenant_id?: string },
): Promise<void> {
  const { tenant_id: _, ...fields } = row
  await db
    .insertInto('alert_channel')
    .values({ tenant_id: tenantId, ...fields })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(fields))
    .execute()
}

/** A revision of the organisation, or an entry of the installation's audit log, which has no revisions. */
async function note(
  trx: Trx,
  scope: AuditScope,
  {
    action,
    before,
    after,
    now,
  }: {
    readonly action: string
    readonly before: { readonly [field: string]: unknown }
    readonly after: { readonly [field: string]: unknown }
    readonly now: number
  },
): Promise<number | null> {
  const change = { action, subject: 'alert channel', before, after, at: now }
  if (scope.tenantId !== null) return changeSettings(trx, { ...scope, tenantId: scope.tenantId }, change)
  await appendAudit(trx, scope, change)
  return null
}

function fieldsOf({ row, silenced, escalateMinutes }: StoredChannel) {
  return {
    webhookUrl: row?.webhook_url ?? null,
    email: row?.email ?? null,
    escalateTo: row?.escalate_to ?? null,
    escalateMinutes,
    silenced,
  }
}

function withoutUndefined(change: ChannelChange): {
  [Field in keyof ChannelChange]: NonNullable<ChannelChange[Field]> | null
} {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}

function requireWebhook(text: string, { url }: Pick<SendDeps, 'url'>): void {
  const path = '/webhookUrl'
  const parsed = URL.canParse(text) ? new URL(text) : null
  // A console on loopback is a trial: its receiver may stand there too, without TLS.
  const mayBePlain = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname)
  if (parsed?.protocol !== 'https:' && !(mayBePlain && parsed?.protocol === 'http:')) {
    throw invalidInput([fieldError(path, say('input.https'))])
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.hash !== '') {
    throw invalidInput([fieldError(path, say('input.plain-address'))])
  }
}

function requireAddresses({ email, escalateTo }: ChannelChange): void {
  const wrong = Object.entries({ email, escalateTo }).filter(
    ([, address]) => typeof address === 'string' && mailboxOf(address) === null,
  )
  if (wrong.length === 0) return
  throw invalidInput(
    wrong.map(([field, text]) => fieldError(`/${field}`, say('input.mail-address', { text: String(text) }))),
  )
}

function hostOf(url: string | null): string | null {
  return url === null ? null : new URL(url).host
}

function domainOf(address: string): string {
  const key = addressKey(address)
  return key.slice(key.lastIndexOf('@') + 1)
}
