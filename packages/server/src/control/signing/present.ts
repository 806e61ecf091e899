// Signing as pages and the API show it: every domain with its keys, their records and what is to be done.
import { english } from '@gatepost/contract/sayings.ts'
import type { Signing, SigningDomain, SigningKey } from '@gatepost/contract/signing.ts'
import { relativeNameOf, TTL_ADVISED, weSeeOf } from '../domain/present.ts'
import { MISSES_BELIEVED } from '../domain/schedule.ts'
import type { DomainRow } from '../domain/store.ts'
import { recordOf, recordParts } from './keys.ts'
import { type KeyLook, recordNameOf } from './look.ts'
import type { ArcRow, KeyRow, SigningDomainRow } from './store.ts'

/** How a domain signs until somebody says otherwise. */
export const SIGNING_DEFAULTS = { enabled: 1, rotate_days: null, overlap_days: 7, revision: 0 } as const

const DAY_MS = 86_400_000

export function shownKey(row: KeyRow): SigningKey {
  const look: KeyLook | null = row.look === null ? null : (JSON.parse(row.look) as KeyLook)
  const name = recordNameOf(row)
  const value = recordOf({ algorithm: row.algorithm, publicKey: row.public_key })
  const servers = look?.servers ?? []
  const weSee = weSeeOf(servers, 'TXT')
  return {
    id: row.id,
    domain: row.domain,
    selector: row.selector,
    algorithm: row.algorithm,
    bits: row.bits,
    origin: row.origin,
    state: row.state,
    record: {
      purpose: 'DKIM key',
      type: 'TXT',
      name,
      relativeName: relativeNameOf(name),
      value,
      priority: null,
      ttl: TTL_ADVISED,
      state: look?.state ?? 'not-found-yet',
      weSee: english(weSee),
      weExpect: expectedOf(row, name),
      said: { weSee },
      servers: servers.map(({ why: _why, ...server }) => ({ ...server, values: [...server.values] })),
    },
    recordParts: recordParts(value),
    createdAt: row.created_at,
    createdBy: row.created_by,
    seenAt: row.seen_at,
    activatedAt: row.activated_at,
    retiredAt: row.retired_at,
    retireUntil: row.retire_until,
    checkedAt: row.checked_at,
    nextCheckAt: row.next_check_at,
    revision: row.revision,
  }
}

function expectedOf(row: KeyRow, name: string): string {
  switch (row.state) {
    case 'gone':
      return `Nothing: the record at ${name} may be deleted.`
    case 'retiring':
      return `The record at ${name} as it is, until mail under way is verified.`
    default:
      return `One TXT record at ${name} with this value.`
  }
}

export function shownDomain(
  domain: Pick<DomainRow, 'id' | 'name' | 'validated_at'>,
  keys: readonly KeyRow[],
  setting: SigningDomainRow | null,
): SigningDomain {
  const { enabled, rotate_days, overlap_days, revision } = setting ?? SIGNING_DEFAULTS
  return {
    id: domain.id,
    domain: domain.name,
    validated: domain.validated_at !== null,
    state: stateOf(keys, enabled === 1),
    enabled: enabled === 1,
    rotateDays: rotate_days,
    overlapDays: overlap_days,
    rotatesAt: rotatesAt(keys, rotate_days),
    keys: keys.map(shownKey),
    revision,
  }
}

function stateOf(keys: readonly KeyRow[], enabled: boolean): SigningDomain['state'] {
  const active = keys.filter(({ state }) => state === 'active')
  if (!enabled) return 'off'
  if (active.some(({ misses }) => misses >= MISSES_BELIEVED)) return 'attention'
  if (active.length > 0) return 'signed'
  return keys.some(({ state }) => state === 'pending' || state === 'seen') ? 'waiting' : 'unsigned'
}

/** When the oldest key in use is due to be replaced; null where nobody rotates, or its successor is there. */
export function rotatesAt(keys: readonly KeyRow[], rotateDays: number | null): number | null {
  if (rotateDays === null || keys.some(({ state }) => state === 'pending' || state === 'seen')) return null
  const times = keys.flatMap(({ state, activated_at }) => (state === 'active' ? (activated_at ?? []) : []))
  return times.length === 0 ? null : Math.min(...times) + rotateDays * DAY_MS
}

export function shownSigning(domains: readonly SigningDomain[], arc: ArcRow | null): Signing {
  return {
    domains: [...domains],
    seals: arc?.seals ?? 'forwarded',
    sealers: arc === null ? [] : (JSON.parse(arc.sealers) as string[]),
    revision: arc?.revision ?? 0,
  }
}
