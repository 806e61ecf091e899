// The addresses of shared clouds as data (O4): read from where the providers publish them, kept through every
// failure, and never emptied.
import { parseCidr } from '@gatepost/mail/ip.ts'
import type { FetchJson } from '#platform/fetch-json.ts'
import type { CloudProvider } from '#policy/settings.ts'
import { sharedClouds } from '#policy/shared-clouds.ts'
import type { Db } from '#store/open.ts'
import { SYSTEM_TENANT } from '#store/schema.ts'
import { acrossTenants } from '#store/tenant-guard.ts'
import { readObservation, writeObservation } from '../connect/observation-store.ts'
import type { ControlDeps } from '../scope.ts'
import { markDirty } from '../settings/settings.ts'

export type RangesDeps = Pick<ControlDeps, 'store' | 'clock' | 'dns' | 'config' | 'emit' | 'link'> & {
  readonly fetchJson: FetchJson
}

/** What a look at the source came to; ranges are the last good ones. */
type Kept = {
  readonly ranges: readonly string[]
  readonly readAt: number | null
  readonly why: string | null
}

export type CloudRanges = Kept & { readonly source: string; readonly failures: number }

const ROUND_MS = 60_000
const REFRESH_MS = 24 * 3_600_000
const RETRY_MS = 3_600_000
/** Includes in includes: Google's has two levels. */
const SPF_DEPTH_MAX = 4
/** A list that lost more than this at once is a broken answer rather than news. */
const SHRINK_SHARE_MAX = 0.5
const RANGES_MAX = 2_000

const NAMES: { readonly [Provider in CloudProvider]: string } = {
  'microsoft-365': 'Microsoft 365',
  'google-workspace': 'Google Workspace',
}
export const providers: readonly CloudProvider[] = ['microsoft-365', 'google-workspace']

export function cloudName(provider: CloudProvider): string {
  return NAMES[provider]
}

/** The ranges that count: the last good ones, else those of this release. */
export async function rangesOf(
  db: Db,
  provider: CloudProvider,
  config: Pick<RangesDeps['config'], 'clouds'>,
): Promise<CloudRanges> {
  const kept = await readObservation<Kept>(db, keyOf(provider))
  return {
    ranges: countingRanges(kept?.value.ranges ?? [], provider),
    source: sourceOf(provider, config),
    readAt: kept?.value.readAt ?? null,
    failures: kept?.failures ?? 0,
    why: kept?.value.why ?? null,
  }
}

/** The same for those who only want the addresses. */
export async function rangesThatCount(db: Db, provider: CloudProvider): Promise<readonly string[]> {
  const kept = await readObservation<Kept>(db, keyOf(provider))
  return countingRanges(kept?.value.ranges ?? [], provider)
}

function countingRanges(kept: readonly string[], provider: CloudProvider): readonly string[] {
  if (kept.length > 0) return kept
  return sharedClouds.find(({ name }) => name === NAMES[provider])?.ranges ?? []
}

/** Looks at each source once a day; after a failure once an hour. Runs until the signal aborts. */
export async function watchRanges(deps: RangesDeps, signal: AbortSignal): Promise<void> {
  const { store, clock, emit } = deps
  while (!signal.aborted) {
    await clock.sleep(ROUND_MS, signal)
    if (signal.aborted) return
    try {
      for (const provider of providers) {
        const kept = await readObservation<Kept>(store.db, keyOf(provider))
        if (kept === null || (kept.nextCheckAt ?? 0) <= clock.now()) await refreshRanges(provider, deps)
      }
    } catch (error) {
      emit('control.check.failed', { check: 'cloud ranges', error })
    }
  }
}

/** Reads a source now. What cannot be right is not taken; true when the ranges changed. */
export async function refreshRanges(provider: CloudProvider, deps: RangesDeps): Promise<boolean> {
  const { store, clock, link, emit } = deps
  const before = await rangesOf(store.db, provider, deps.config)
  const read = provider === 'microsoft-365' ? await readMicrosoft(deps) : await readGoogle(deps)
  const why = typeof read === 'string' ? read : faultOf(read, before.ranges)
  const now = clock.now()
  if (why !== null || typeof read === 'string') {
    const value: Kept = { ranges: before.readAt === null ? [] : before.ranges, readAt: before.readAt, why }
    const failures = before.failures + 1
    await writeObservation(store.db, keyOf(provider), {
      value,
      checkedAt: now,
      nextCheckAt: now + RETRY_MS,
      failures,
    })
    emit('control.check.failed', { check: 'cloud ranges', provider, why })
    return false
  }
  const value: Kept = { ranges: read, readAt: now, why: null }
  const isNew = read.join() !== before.ranges.join()
  await store.transaction(async (trx) => {
    await writeObservation(trx, keyOf(provider), {
      value,
      checkedAt: now,
      nextCheckAt: now + REFRESH_MS,
      failures: 0,
    })
    if (!isNew) return
    const users = await acrossTenants(trx)
      .selectFrom('cloud_link')
      .select('tenant_id')
      .where('provider', '=', provider)
      .execute()
    for (const { tenant_id } of users) await markDirty(trx, tenant_id, now)
  })
  if (isNew) link.settingsChanged()
  return isNew
}

/** Why an answer is not believed; null when it is. */
function faultOf(read: readonly string[], before: readonly string[]): string | null {
  if (read.length === 0) return 'the source names no address'
  if (read.length > RANGES_MAX) return `the source names more than ${RANGES_MAX} networks`
  if (read.length < before.length * SHRINK_SHARE_MAX) {
    return `the source names only ${read.length} networks, there were ${before.length}`
  }
  const families = (ranges: readonly string[]) => new Set(ranges.map((range) => range.includes(':')))
  const missing = [...families(before)].some((isV6) => !families(read).has(isV6))
  return missing ? 'the source names addresses of one family only' : null
}

function keyOf(provider: CloudProvider) {
  return { tenantId: SYSTEM_TENANT, subject: provider, name: 'cloud-ranges' }
}

function sourceOf(provider: CloudProvider, { clouds }: Pick<RangesDeps['config'], 'clouds'>): string {
  return provider === 'microsoft-365' ? clouds.microsoftEndpoints : clouds.googleSpf
}

/** The provider's endpoint web service: what mail goes out from, over TCP 25. Or why there is no list. */
async function readMicrosoft({ fetchJson, config }: RangesDeps): Promise<readonly string[] | string> {
  const answer = await fetchJson(config.clouds.microsoftEndpoints)
  if (answer.kind === 'failed') return answer.why
  if (answer.status !== 200) return `the source answered ${answer.status}`
  if (!Array.isArray(answer.body)) return 'the source answered something else than a list'
  const ranges = answer.body.flatMap((entry: unknown) => {
    const { serviceArea, tcpPorts, ips } = (entry ?? {}) as { [name: string]: unknown }
    const isMail =
      serviceArea === 'Exchange' && typeof tcpPorts === 'string' && tcpPorts.split(',').includes('25')
    return isMail && Array.isArray(ips) ? ips.filter((ip): ip is string => typeof ip === 'string') : []
  })
  return tidy(ranges)
}

/** The provider's SPF record with its includes. */
async function readGoogle({ dns, config }: RangesDeps): Promise<readonly string[] | string> {
  const ranges: string[] = []
  let names: readonly string[] = [config.clouds.googleSpf]
  for (let depth = 0; names.length > 0; depth += 1) {
    if (depth === SPF_DEPTH_MAX) return 'the SPF record includes more levels than it should'
    const next: string[] = []
    for (const name of names) {
      const answer = await dns.query({ name, type: 'TXT' })
      if (answer.kind !== 'found') return `${name} has no SPF record to be seen`
      const record = answer.records.find((text) => text.startsWith('v=spf1 '))
      if (record === undefined) return `${name} has no SPF record`
      for (const term of record.split(/\s+/)) {
        const [, mechanism, value = ''] = /^\+?(ip4|ip6|include):(.+)$/.exec(term) ?? []
        if (mechanism === 'include') next.push(value)
        else if (mechanism !== undefined) ranges.push(value)
      }
    }
    names = next
  }
  return tidy(ranges)
}

/** What is a network, each once, in one order. */
function tidy(ranges: readonly string[]): readonly string[] {
  return [...new Set(ranges)].filter((range) => parseCidr(range).ok).sort()
}
