// Switches archiving and journaling on and off, and says how long what stays. The key is made with the first
// switch and is the archive: without it nothing of it can be read.
import { randomBytes } from 'node:crypto'
import {
  ARCHIVE_RULES_MAX,
  type ArchiveView,
  type addArchiveRule,
  SILENCE_MINUTES,
  type setArchive as setEndpoint,
} from '@gatepost/contract/archive-settings.ts'
import type { BodyOf } from '@gatepost/contract/endpoint.ts'
import { mailboxOf } from '@gatepost/mail/address.ts'
import { parseDomain } from '@gatepost/mail/domain.ts'
import { journalLocalParts } from '#link/compile.ts'
import { newId } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import { appendAudit } from '../audit/audit.ts'
import { findGroup, groupNamesOf } from '../policy/store.ts'
import { invalidInput, problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { changeSettings, requireRevision } from '../settings/settings.ts'
import { KEY_COLUMN } from './archive.ts'
import type { ArchiveDeps } from './deps.ts'
import { silenceOf } from './silence.ts'
import {
  type ArchiveSetting,
  addressesOf,
  deleteRule,
  deleteSetting,
  domainsOf,
  holdsOf,
  insertRule,
  insertSetting,
  journalHours,
  rulesOf,
  settingOf,
  updateSetting,
} from './store.ts'

const KEY_BYTES = 32
/** Base32 digits of five bits: nobody guesses a hundred bits of an address. */
const TOKEN_DIGITS = 20
const DIGITS = 'abcdefghjkmnpqrstvwxyz0123456789'
const HOUR_MS = 3_600_000
const WEEK_HOURS = 168

export async function getArchive(scope: Scope, deps: ArchiveDeps): Promise<ArchiveView> {
  const { store, clock, config, archive } = deps
  const { tenantId } = scope
  await archive.flush()
  const setting = await settingOf(store.db, tenantId)
  const now = clock.now()
  const hour = Math.floor(now / HOUR_MS)
  const [rules, names, sources, hours, domains, totals] = await Promise.all([
    rulesOf(store.db, tenantId),
    groupNamesOf(store.db, tenantId),
    addressesOf(store.db, tenantId),
    journalHours(store.db, tenantId, hour - 5 * WEEK_HOURS),
    domainsOf(store.db, tenantId),
    setting === null ? NO_TOTALS : archive.totals(tenantId),
  ])
  const place = domains[0] === undefined ? config.hostname : `journal.${domains[0]}`
  const [address = null, alternate = null] =
    setting === null ? [] : journalLocalParts(setting.journal_token, setting.alternate_token)
  const sum = (from: number, what: 'reports' | 'flagged'): number =>
    hours.filter((row) => row.hour > hour - from).reduce((all, row) => all + row[what], 0)
  const minutes = setting?.silence_minutes ?? SILENCE_MINUTES.usual
  return {
    enabled: setting?.enabled === 1,
    askReason: setting?.ask_reason === 1,
    days: setting?.days ?? null,
    rules: rules.map(({ id, kind, value, days }) => ({
      id,
      kind,
      value,
      label: kind === 'group' ? (names.get(value) ?? value) : value,
      days,
    })),
    journal: {
      enabled: setting?.journal_enabled === 1,
      address: address && `${address}@${place}`,
      alternateAddress: alternate && `${alternate}@${place}`,
      silenceMinutes: minutes,
      lastReportAt: hours.at(-1)?.last_at ?? null,
      reportsToday: sum(24, 'reports'),
      flaggedThisWeek: sum(WEEK_HOURS, 'flagged'),
      isSilent: setting?.journal_enabled === 1 && silenceOf(hours, { now, minutes }).isSilent,
      sources: [...sources],
    },
    ...totals,
    store: archive.storeKind,
    revision: setting?.revision ?? 0,
  }
}

const NO_TOTALS = { entries: 0, octets: 0, oldestAt: null, newestAt: null }

/** Throws `changed-meanwhile`. */
export async function setArchive(
  scope: Scope,
  change: { readonly input: BodyOf<typeof setEndpoint>; readonly ifMatch: number | null },
  deps: ArchiveDeps,
): Promise<ArchiveView> {
  const { input, ifMatch } = change
  const { store, clock, link, archive } = deps
  const { tenantId } = scope
  const at = clock.now()
  await store.transaction(async (trx) => {
    const before = await settingOf(trx, tenantId)
    if (before !== null) requireRevision(before, ifMatch)
    const after = merged(before, input)
    const revision = await changeSettings(trx, scope, {
      action: 'archive.changed',
      subject: 'archive',
      before: before && shown(before),
      after: shown(after),
      at,
    })
    const fields = { ...after, changed_at: at, changed_by: scope.actor.name, revision }
    if (before === null) await insertSetting(trx, { ...newSetting(tenantId, deps), ...fields })
    else await updateSetting(trx, tenantId, fields)
  })
  archive.forget(tenantId)
  link.settingsChanged()
  return getArchive(scope, deps)
}

type Choice = Pick<
  ArchiveSetting,
  | 'enabled'
  | 'ask_reason'
  | 'days'
  | 'journal_enabled'
  | 'silence_minutes'
  | 'journal_token'
  | 'alternate_token'
>

function merged(before: ArchiveSetting | null, input: BodyOf<typeof setEndpoint>): Choice {
  const flag = (chosen: boolean | undefined, was: 0 | 1 | undefined): 0 | 1 =>
    chosen === undefined ? (was ?? 0) : chosen ? 1 : 0
  const isRenewed = input.renewAddresses === true || before === null
  return {
    enabled: flag(input.enabled, before?.enabled),
    ask_reason: flag(input.askReason, before?.ask_reason),
    days: input.days === undefined ? (before?.days ?? null) : input.days,
    journal_enabled: flag(input.journalEnabled, before?.journal_enabled),
    silence_minutes: input.silenceMinutes ?? before?.silence_minutes ?? SILENCE_MINUTES.usual,
    journal_token: isRenewed ? newToken() : before.journal_token,
    alternate_token: isRenewed ? newToken() : before.alternate_token,
  }
}

/** What the revision tells: the addresses stay out of it, because they are worth something to others. */
function shown({ enabled, ask_reason, days, journal_enabled, silence_minutes }: Choice) {
  return {
    enabled: enabled === 1,
    askReason: ask_reason === 1,
    days: days ?? 'for ever',
    journaling: journal_enabled === 1,
    silenceMinutes: silence_minutes,
  }
}

type Made = Pick<ArchiveSetting, 'tenant_id' | 'key' | 'key_id' | 'head_seq' | 'head_hash' | 'created_at'>

function newSetting(tenantId: string, { secrets, clock }: Pick<ArchiveDeps, 'secrets' | 'clock'>): Made {
  const id = newId('key', clock.now())
  const key = secrets.seal(randomBytes(KEY_BYTES).toString('base64'), { tenantId, column: KEY_COLUMN, id })
  return { tenant_id: tenantId, key, key_id: id, head_seq: 0, head_hash: '', created_at: clock.now() }
}

function newToken(): string {
  return Array.from(randomBytes(TOKEN_DIGITS), (byte) => DIGITS[byte & 31]).join('')
}

/** Throws `invalid-input`, `limit-reached`. */
export async function addRule(
  scope: Scope,
  input: BodyOf<typeof addArchiveRule>,
  deps: ArchiveDeps,
): Promise<ArchiveView> {
  const { store, clock } = deps
  const { tenantId } = scope
  const at = clock.now()
  await store.transaction(async (trx) => {
    const value = await readValue(trx, tenantId, input)
    const rules = await rulesOf(trx, tenantId)
    if (rules.length >= ARCHIVE_RULES_MAX) throw problem('limit-reached')
    if (rules.some((rule) => rule.kind === input.kind && rule.value === value)) {
      throw invalidInput([{ path: '/value', message: 'There is a rule for this already. Remove it first.' }])
    }
    const { kind, days } = input
    const revision = await changeSettings(trx, scope, {
      action: 'archive.rule-added',
      subject: `days of the archive for ${kind} ${input.value}`,
      before: null,
      after: { days },
      at,
    })
    const row = { id: newId('pol', at), tenant_id: tenantId, kind, value, days, created_at: at, revision }
    await insertRule(trx, { ...row, created_by: scope.actor.name })
  })
  return getArchive(scope, deps)
}

async function readValue(
  trx: Trx,
  tenantId: string,
  { kind, value }: BodyOf<typeof addArchiveRule>,
): Promise<string> {
  if (kind === 'group') {
    if ((await findGroup(trx, tenantId, value)) !== null) return value
    throw invalidInput([{ path: '/value', message: 'There is no such group.' }])
  }
  if (kind === 'address') {
    if ((mailboxOf(value)?.domain ?? '') !== '') return value.toLowerCase()
    throw invalidInput([{ path: '/value', message: `“${value}” is not an e-mail address.` }])
  }
  const domain = parseDomain(value)
  if (domain.ok) return domain.value
  throw invalidInput([{ path: '/value', message: `“${value}” is not a domain.` }])
}

export async function removeRule(scope: Scope, id: string, { store, clock }: ArchiveDeps): Promise<void> {
  await store.transaction(async (trx) => {
    const row = (await rulesOf(trx, scope.tenantId)).find((rule) => rule.id === id)
    if (!row) throw problem('not-found', 'There is no such rule any more.')
    await changeSettings(trx, scope, {
      action: 'archive.rule-removed',
      subject: `days of the archive for ${row.kind} ${row.value}`,
      before: { days: row.days },
      after: null,
      at: clock.now(),
    })
    await deleteRule(trx, scope.tenantId, id)
  })
}

/** Destroys the key first: from then on the content is noise. Throws `on-hold`, `invalid-input`. */
export async function destroyArchive(
  scope: Scope,
  input: { readonly slug: string; readonly reason: string },
  { store, clock, link, archive }: ArchiveDeps,
): Promise<void> {
  const { tenantId } = scope
  await archive.flush()
  await store.transaction(async (trx) => {
    const tenant = await trx.selectFrom('tenant').select('slug').where('id', '=', tenantId).executeTakeFirst()
    if (tenant?.slug !== input.slug) {
      const message = `Type ${tenant?.slug ?? 'the short name'} to destroy the archive.`
      throw invalidInput([{ path: '/slug', message }])
    }
    const held = (await holdsOf(trx, tenantId)).filter(({ ended_at }) => ended_at === null)
    if (held.length > 0)
      throw problem('on-hold', `The hold “${held[0]!.name}” keeps the archive. End it first.`)
    const before = await settingOf(trx, tenantId)
    if (before === null) throw problem('not-found', 'Nothing of this organisation is archived.')
    const { reason } = input
    await changeSettings(trx, scope, {
      action: 'archive.destroyed',
      subject: 'archive',
      before: shown(before),
      after: null,
      reason,
      at: clock.now(),
    })
    await deleteSetting(trx, tenantId)
    const told = {
      action: 'archive.key-destroyed',
      subject: 'key of the archive',
      before: null,
      after: { reason },
    }
    await appendAudit(trx, scope, { ...told, at: clock.now() })
  })
  link.settingsChanged()
  await archive.destroy(tenantId)
}
