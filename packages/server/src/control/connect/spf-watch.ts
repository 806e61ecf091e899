// The SPF record of each domain, watched once mail leaves through here (C6): evaluated for every address of
// ours, so that a record that drifts is told before mail hosts refuse.
import type { Said } from '@gatepost/contract/saying.ts'
import { english, say } from '@gatepost/contract/sayings.ts'
import type { SpfReport } from '@gatepost/contract/signing.ts'
import type { Trx } from '#store/open.ts'
import { MISSES_BELIEVED, nextOnceRight, nextWhilePending } from '../domain/schedule.ts'
import { type DomainRow, domainsOf } from '../domain/store.ts'
import type { ControlDeps } from '../scope.ts'
import { evaluateSpf } from '../signing/spf.ts'
import { observationsNamed, readObservation, writeObservation } from './observation-store.ts'

/** What the record of a domain says of our addresses; kept as the observation `spf` of the domain. */
export type SpfLook = {
  readonly state: SpfReport['state']
  /** What was seen, in a sentence. */
  readonly saw: string
  /** The sentence as a code; looks of former versions have none. */
  readonly said?: Said
  /** When it first passed for every address of ours; null until then. */
  readonly rightAt: number | null
  /** Looks in a row that found otherwise after that. */
  readonly misses: number
}

/** Name of the observation. */
export const SPF_LOOK = 'spf'
/** Looks in vain after which nobody waits for the record any more: from then on hourly. */
const WAITED_FOR = 30
const HOUR_MS = 3_600_000

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'dns' | 'config' | 'emit'>

/** Evaluates the record of one domain and keeps what was seen. */
export async function lookAndKeepSpf(row: DomainRow, asked: boolean, deps: Deps): Promise<SpfLook> {
  const { store, clock, emit } = deps
  const key = { tenantId: row.tenant_id, subject: row.id, name: SPF_LOOK }
  const before = await readObservation<SpfLook | null>(store.db, key)
  const scope = {
    tenantId: row.tenant_id,
    actor: { kind: 'system', name: 'Gatepost' },
    from: 'internal',
  } as const
  const report = await evaluateSpf(scope, row.id, deps)
  emit('control.check.ran', { check: 'spf', domain: row.name, outcome: report.state })
  const now = clock.now()
  const was = before?.value ?? null
  const isRight = report.state === 'right'
  // Nobody could tell whether we are in it while our own addresses are unknown.
  const isKnown = report.state !== 'unknown' && report.senders.length > 0
  const said = sawOf(row.name, report)
  const look: SpfLook = {
    state: isKnown ? report.state : 'unknown',
    saw: english(said),
    said,
    rightAt: was?.rightAt ?? (isRight ? now : null),
    misses: isRight ? 0 : (was?.misses ?? 0) + (isKnown ? 1 : 0),
  }
  const failures = isRight ? 0 : asked ? 1 : (before?.failures ?? 0) + 1
  const nextCheckAt =
    look.rightAt === null
      ? failures > WAITED_FOR
        ? now + HOUR_MS
        : nextWhilePending(now, failures)
      : nextOnceRight(now, { misses: look.misses, known: isKnown })
  await writeObservation(store.db, key, { value: look, checkedAt: now, nextCheckAt, failures })
  return look
}

/** Whether it was right, and two looks in a row found otherwise. */
export function hasDrifted(look: SpfLook | null): boolean {
  return look !== null && look.rightAt !== null && look.misses >= MISSES_BELIEVED
}

/** Begins to watch validated domains that nobody watches yet. */
export async function beginSpfWatch(trx: Trx, tenantId: string, now: number): Promise<void> {
  const watched = await observationsNamed(trx, tenantId, SPF_LOOK)
  for (const { id, validated_at } of await domainsOf(trx, tenantId)) {
    if (validated_at === null || watched.has(id)) continue
    const key = { tenantId, subject: id, name: SPF_LOOK }
    await writeObservation(trx, key, { value: null, checkedAt: now, nextCheckAt: now, failures: 0 })
  }
}

function sawOf(name: string, { state, records, senders }: SpfReport): Said {
  if (records.length > 0 && senders.length === 0) return say('spf.no-addresses')
  switch (state) {
    case 'right':
      return say('spf.passes', { domain: name })
    case 'missing':
      return say('spf.missing', { domain: name })
    case 'unknown':
      return say('spf.unknown', { domain: name })
    case 'wrong': {
      const bad = senders.find(({ result }) => result !== 'pass')
      const record = records[0] ?? ''
      if (records.length > 1) return say('spf.several', { domain: name, number: records.length })
      if (bad === undefined) return say('spf.not-evaluated', { record })
      return say('spf.gives', { record, result: bad.result, address: bad.address })
    }
  }
}
