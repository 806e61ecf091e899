// Every night entries that are past their days go, unless a hold keeps them; files of exports after their
// week.
import type { ArchiveQuery } from '@gatepost/contract/archive.ts'
import { removeFile } from '#platform/files.ts'
import { appendAudit } from '../audit/audit.ts'
import { eachNight } from '../nightly.ts'
import { memberAddresses } from '../policy/store.ts'
import type { ArchiveDeps } from './deps.ts'
import { fileOf } from './export.ts'
import { type GroupAddresses, readGroupAddresses } from './group-addresses.ts'
import {
  allSettings,
  deleteExport,
  expiredExports,
  forgetHours,
  holdsOf,
  rulesOf,
  settingOf,
} from './store.ts'
import type { RetentionWord } from './thread-wire.ts'

const HOUR_MS = 3_600_000
/** UTC hour: after the retention of the other data. */
const HOUR = 3
/** Five weeks and a day: what silence is told by. */
const HOURS_KEPT = 864
const GROUP_ADDRESSES_MAX = 100_000

export function watchArchive(deps: ArchiveDeps, signal: AbortSignal): Promise<void> {
  const work = () => applyArchiveRetention(deps)
  return eachNight(deps, { hour: HOUR, what: 'retention of archives', work }, signal)
}

/** Removes what is over, of every organisation; resolves with how many entries went. */
export async function applyArchiveRetention(deps: ArchiveDeps): Promise<number> {
  const { store, clock, archive, emit } = deps
  let removed = 0
  for (const { tenant_id: tenantId } of await allSettings(store)) {
    // Trouble with one archive is no reason to keep what is over in the others.
    removed += await purgeOne(tenantId, deps).catch((error: unknown) => {
      emit('control.request.failed', { what: 'retention of an archive', subject: tenantId, error })
      return 0
    })
  }
  for (const row of await expiredExports(store, clock.now())) {
    await store.transaction((trx) => deleteExport(trx, row.tenant_id, row.id))
    removeFile(fileOf(archive.folder, row))
  }
  return removed
}

async function purgeOne(tenantId: string, deps: ArchiveDeps): Promise<number> {
  const { store, clock, archive } = deps
  const retention = await retentionOf(deps, tenantId)
  const { removed, kept } = await archive.purge(tenantId, retention, 'retention')
  await forgetHours(store.db, tenantId, Math.floor(clock.now() / HOUR_MS) - HOURS_KEPT)
  if (removed === 0) return 0
  const scope = { tenantId, actor: { kind: 'system', name: 'retention' }, from: 'internal' } as const
  const after = { removed, kept }
  const event = { action: 'archive.purged', subject: 'archive', before: null, after, at: clock.now() }
  await store.transaction((trx) => appendAudit(trx, scope, event))
  return removed
}

/** Days, rules with groups as their addresses, and holds that have not ended. Rejects for unknown groups. */
export async function retentionOf(
  { store }: Pick<ArchiveDeps, 'store'>,
  tenantId: string,
): Promise<RetentionWord> {
  const [setting, rules, holds] = await Promise.all([
    settingOf(store.db, tenantId),
    rulesOf(store.db, tenantId),
    holdsOf(store.db, tenantId),
  ])
  const groups = rules.filter(({ kind }) => kind === 'group').map(({ value }) => value)
  const members = await memberAddresses(store.db, tenantId, groups, GROUP_ADDRESSES_MAX + 1)
  const listed = await readGroupAddresses(store.db, tenantId, groups)
  requireKnown(groups, { members, listed })
  return {
    days: setting?.days ?? null,
    rules: rules.flatMap(({ kind, value, days }) => {
      if (kind !== 'group') return [{ kind, value, days }]
      const { addresses, domains } = listed.get(value) ?? { addresses: [], domains: [] }
      return [
        ...[...addresses, ...(members.get(value) ?? [])].map((one) => ({
          kind: 'address' as const,
          value: one,
          days,
        })),
        ...domains.map((one) => ({ kind: 'domain' as const, value: one, days })),
      ]
    }),
    holds: holds
      .filter(({ ended_at }) => ended_at === null)
      .map(({ query }) => JSON.parse(query) as ArchiveQuery),
  }
}

/** Throws when nobody knows whose mail a rule keeps: it would go by the days for everybody. */
function requireKnown(
  groups: readonly string[],
  about: {
    readonly members: ReadonlyMap<string, readonly string[]>
    readonly listed: ReadonlyMap<string, GroupAddresses>
  },
): void {
  const { members, listed } = about
  let count = 0
  for (const id of groups) {
    const users = members.get(id)?.length ?? 0
    const group = listed.get(id)
    count += users
    if (group === undefined) throw new Error(`a rule of days names the group ${id}, which is gone`)
    // What a directory took away stays empty here.
    if (group.isDirectory && users === 0)
      throw new Error(`a rule of days names the group “${group.name}”, and the directory lists nobody in it`)
  }
  if (count > GROUP_ADDRESSES_MAX)
    throw new Error(`rules of days name groups with more than ${GROUP_ADDRESSES_MAX} addresses of users`)
}
