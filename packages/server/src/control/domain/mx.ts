// The MX records of a domain: what we expect, what each server says, what must be so before, and the way back
// (C9).
import type { DnsRecord } from '@gatepost/contract/common.ts'
import type { MxView } from '@gatepost/contract/domain.ts'
import type { Said } from '@gatepost/contract/saying.ts'
import { english, saidOf, say, type Text } from '@gatepost/contract/sayings.ts'
import { readObservation, writeObservation } from '../connect/observation-store.ts'
import { problem } from '../problem.ts'
import { countUnlisted } from '../recipient/store.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { requireDomain } from './domain.ts'
import {
  isNullMx,
  isOnlyOurs,
  leftoversOf,
  lookAtMx,
  MX_LOOK,
  type MxLook,
  namesUs,
  OUR_PREFERENCE,
} from './mx-look.ts'
import { relativeNameOf, TTL_ADVISED } from './present.ts'
import { coolDownSeconds, nextOnceRight, nextWhilePending } from './schedule.ts'
import { type DomainRow, jsonOf, mxBeforeOf } from './store.ts'

export type MxDeps = Pick<ControlDeps, 'store' | 'clock' | 'dns' | 'config' | 'emit'>

type Gate = { readonly passed: boolean; readonly saw: Text }

/** What the other steps say; `firstInboundSeenAt` is mail for this very domain. */
export type MxGates = {
  readonly routeTested: Gate
  readonly outbound: Gate
  readonly recipients: Gate
  readonly firstInboundSeenAt: number | null
}

/** Recipients nobody listed or set aside, and written to in so many days, are looked at first. */
const UNLISTED_DAYS = 14
/** Below this a wrong MX is undone within the hour. */
const TTL_LOW_S = 3_600

/**
 * Throws `domain-not-validated`: nobody should be led to point a domain here that we do not take mail for.
 */
export async function requireValidated(
  scope: Scope,
  reference: string,
  deps: Pick<MxDeps, 'store'>,
): Promise<DomainRow> {
  const row = await requireDomain(scope, reference, deps)
  if (row.validated_at === null) {
    throw problem(
      'domain-not-validated',
      `${row.name} is not validated yet. Validate it before its MX is changed.`,
    )
  }
  return row
}

/** Looks at the MX records of one domain and keeps what was seen. */
export async function lookAndKeepMx(row: DomainRow, asked: boolean, deps: MxDeps): Promise<MxLook> {
  const { store, clock, dns, config, emit } = deps
  const key = { tenantId: row.tenant_id, subject: row.id, name: MX_LOOK }
  const before = await readObservation<MxLook>(store.db, key)
  const { hostname } = config
  const resolvers = config.dns.public
  const look = await lookAtMx(row.name, before?.value ?? null, { dns, hostname, resolvers, now: clock.now() })
  emit('control.check.ran', { check: 'mx', domain: row.name, outcome: look.outcome })
  const now = clock.now()
  const failures = look.outcome === 'complete' ? 0 : asked ? 1 : (before?.failures ?? 0) + 1
  const nextCheckAt =
    look.completeAt === null
      ? nextWhilePending(now, failures)
      : nextOnceRight(now, { misses: look.misses, known: look.outcome !== 'unknown' })
  await writeObservation(store.db, key, { value: look, checkedAt: now, nextCheckAt, failures })
  if (look.records.length > 0 && !namesUs(look, hostname)) {
    await store.db
      .updateTable('domain')
      .set({ mx_before: jsonOf(look.records) })
      .where('tenant_id', '=', row.tenant_id)
      .where('id', '=', row.id)
      .execute()
  }
  return look
}

/** Asks all servers now. Throws `check-too-soon`. */
export async function checkMx(row: DomainRow, deps: MxDeps): Promise<void> {
  const kept = await readObservation<MxLook>(deps.store.db, {
    tenantId: row.tenant_id,
    subject: row.id,
    name: MX_LOOK,
  })
  const retryAfterSeconds = coolDownSeconds(kept?.checkedAt ?? null, deps.clock.now())
  if (retryAfterSeconds > 0) {
    const detail = say('problem.looked', { seconds: retryAfterSeconds })
    throw problem('check-too-soon', detail, { retryAfterSeconds })
  }
  await lookAndKeepMx(row, true, deps)
}

/** The view of C9. */
export async function mxViewOf(
  scope: Scope,
  reference: string,
  gates: MxGates,
  deps: MxDeps,
): Promise<MxView> {
  const row = await requireValidated(scope, reference, deps)
  const kept = await readObservation<MxLook>(deps.store.db, {
    tenantId: row.tenant_id,
    subject: row.id,
    name: MX_LOOK,
  })
  const look = kept?.value ?? null
  const { hostname } = deps.config
  const leftovers = look === null ? [] : leftoversOf(look, hostname)
  const since = deps.clock.now() - UNLISTED_DAYS * 86_400_000
  // Where the mail host is asked, it has said yes to whoever is not listed.
  const { addresses: unlisted } =
    row.recipient_mode === 'call-forward'
      ? { addresses: 0 }
      : await countUnlisted(deps.store.db, { tenantId: row.tenant_id, domain: row.name, since })
  const weSee = weSeeMx(look, leftovers)
  const weExpect = weExpectMx(row, leftovers, hostname)
  return {
    domain: row.name,
    expected: [expectedRecord(row, look, hostname)],
    leftovers: leftovers.map((record) => ({ ...record })),
    complete: look?.outcome === 'complete',
    weSee: english(weSee),
    weExpect: english(weExpect),
    said: { weSee, weExpect },
    gates: gatesOf(gates, look, unlisted),
    staged: stagedOf(row.name, look, hostname),
    before: mxBeforeOf(row).map((record) => ({ ...record })),
    firstInboundSeenAt: gates.firstInboundSeenAt,
    checkedAt: look === null ? null : kept!.checkedAt,
    nextCheckAt: kept?.nextCheckAt ?? null,
  }
}

/** The records of each stage in zone-file form, and which stage the zone stands at (C9). */
export function stagedOf(
  domain: string,
  look: Pick<MxLook, 'records' | 'outcome'> | null,
  hostname: string,
): MxView['staged'] {
  const others = look === null ? [] : leftoversOf(look, hostname)
  const ours = look?.records.find(({ exchange }) => !others.some((other) => other.exchange === exchange))
  // Beside a record that says "no mail" none may stand (RFC 7505 §3): it is replaced at once.
  if (others.length === 0 || isNullMx(look!)) return null
  const preferences = others.map(({ preference }) => preference)
  const [first, last] = [Math.min(...preferences), Math.max(...preferences)]
  const theirs = (raise: number) => others.map((one) => lineOf(domain, one.preference + raise, one.exchange))
  // Behind: above all others. In front: below all others, which are raised where there is no room.
  const raise = first > OUR_PREFERENCE ? 0 : OUR_PREFERENCE + STAGE_STEP - first
  return {
    stage: ours === undefined ? 'present' : ours.preference > last ? 'behind' : 'before',
    behind: [...theirs(0), lineOf(domain, last + STAGE_STEP, hostname)].join('\n'),
    before: [lineOf(domain, OUR_PREFERENCE, hostname), ...theirs(raise)].join('\n'),
    alone: lineOf(domain, OUR_PREFERENCE, hostname),
  }
}

/** Between two preferences, as is the custom. */
const STAGE_STEP = 10
const PREFERENCE_MAX = 65_535

function lineOf(domain: string, preference: number, exchange: string): string {
  const number = Math.min(preference, PREFERENCE_MAX)
  return `${domain}. ${TTL_ADVISED} IN MX ${number} ${exchange.replace(/\.$/, '')}.`
}

function expectedRecord(row: DomainRow, look: MxLook | null, hostname: string): DnsRecord {
  const leftovers = look === null ? [] : leftoversOf(look, hostname)
  const weSee = weSeeMx(look, leftovers)
  const weExpect = weExpectMx(row, leftovers, hostname)
  return {
    purpose: 'Mail for the domain comes to Gatepost',
    type: 'MX',
    name: row.name,
    relativeName: relativeNameOf(row.name),
    value: hostname,
    priority: OUR_PREFERENCE,
    ttl: TTL_ADVISED,
    state: recordStateOf(look),
    weSee: english(weSee),
    weExpect: english(weExpect),
    said: { weSee, weExpect },
    servers: (look?.servers ?? []).map(({ why: _why, ...server }) => ({
      ...server,
      values: [...server.values],
    })),
  }
}

function recordStateOf(look: MxLook | null): DnsRecord['state'] {
  switch (look?.outcome) {
    case 'complete':
      return 'found'
    case 'partly':
      return look.servers.some(({ state }) => state === 'conflict') ? 'conflict' : 'different-value'
    case 'elsewhere':
      return 'different-value'
    case 'unknown':
      return 'temporary-failure'
    default:
      return 'not-found-yet'
  }
}

/** What the MX records say, in a sentence or two. */
export function weSeeMx(look: MxLook | null, leftovers: readonly { readonly exchange: string }[]): Said {
  if (look === null) return say('check.not-looked')
  const own = look.servers.filter(({ view }) => view === 'authoritative')
  const found = own.filter(isOnlyOurs).length
  if (look.outcome === 'unknown') return say('mx.no-answer', { why: own[0]?.why ?? say('part.silence') })
  if (look.outcome === 'none') return say('mx.no-record')
  if (isNullMx(look)) return say('mx.takes-none')
  const others = leftovers.map(({ exchange }) => exchange).join(', ')
  if (others !== '') return say(look.outcome === 'elsewhere' ? 'mx.elsewhere' : 'mx.beside-saw', { others })
  // A server that is late or silent has no other record to name.
  const all = { found, servers: say('part.name-servers', { count: own.length }) }
  const kept = look.servers.filter(
    (one) => one.view === 'public' && !isOnlyOurs(one) && one.state !== 'temporary-failure',
  )
  if (kept.length === 0) return say('mx.only-ours', all)
  const minutes = Math.ceil(Math.max(...kept.map(({ ttl }) => ttl ?? 0)) / 60)
  return say('mx.resolver-keeps', { ...all, count: kept.length, minutes })
}

function weExpectMx(
  row: DomainRow,
  leftovers: readonly { readonly exchange: string }[],
  hostname: string,
): Said {
  const one = { domain: row.name, record: `${OUR_PREFERENCE} ${hostname}` }
  if (leftovers.length === 0) return say('mx.expect', one)
  const others = leftovers.map(({ exchange }) => exchange).join(', ')
  return say('mx.expect-remove', { ...one, others })
}

function gatesOf(gates: MxGates, look: MxLook | null, unlisted: number): MxView['gates'] {
  const { ttl = null } = look ?? {}
  const isDone = look?.completeAt != null
  const low = {
    title: say('gate.ttl', { minutes: TTL_LOW_S / 60 }),
    passed: isDone || look?.outcome === 'none' || (ttl !== null && ttl <= TTL_LOW_S),
    saw: ttl === null ? say('gate.ttl-not-seen') : say('gate.ttl-is', { seconds: ttl }),
    step: null,
  }
  const all = [
    { title: say('gate.route'), ...gates.routeTested, step: 'prepare-inbound' },
    { title: say('gate.outbound'), ...gates.outbound, step: 'outbound' },
    { title: say('gate.recipients'), ...gates.recipients, step: 'recipient-validation' },
    {
      title: say('gate.unlisted', { days: UNLISTED_DAYS }),
      passed: isDone || unlisted === 0,
      saw: unlisted === 0 ? say('gate.unlisted-none') : say('gate.unlisted-some', { count: unlisted }),
      step: 'recipient-validation',
    },
    low,
  ]
  return all.map(({ title, saw, ...gate }) => {
    const said = { title, saw: saidOf(saw) }
    return { ...gate, title: english(title), saw: english(saw), said }
  })
}
