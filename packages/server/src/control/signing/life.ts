// Changes of a key's life that people and the background share: stored as pending, put to use, retired.
import { KEYS_PER_DOMAIN_MAX, type KeyAlgorithm } from '@gatepost/contract/signing.ts'
import { SIGNING_KEY_COLUMN } from '#link/signing-key.ts'
import { newId } from '#platform/random.ts'
import type { Trx } from '#store/open.ts'
import { actorName } from '../audit/audit.ts'
import { nextWhilePending } from '../domain/schedule.ts'
import type { DomainRow } from '../domain/store.ts'
import { invalidInput, problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { changeSettings } from '../settings/settings.ts'
import type { KeyPair } from './keys.ts'
import { SIGNING_DEFAULTS } from './present.ts'
import { insertKey, type KeyRow, keysOfDomain, signingDomainsOf, updateKey } from './store.ts'

export type SigningDeps = Pick<ControlDeps, 'store' | 'clock' | 'dns' | 'link' | 'secrets' | 'emit'>

const DAY_MS = 86_400_000
/** One label of a name (RFC 1035 §2.3.1). */
const SELECTOR = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

type NewKeys = {
  readonly domain: DomainRow
  readonly pairs: readonly KeyPair[]
  readonly selector: string | null
  readonly origin: KeyRow['origin']
}

/** Stores key pairs as pending. Part of rotation by schedule too. */
export async function storeKeys(
  scope: Scope,
  { domain, pairs, selector, origin }: NewKeys,
  { store, clock, link, secrets }: Pick<SigningDeps, 'store' | 'clock' | 'link' | 'secrets'>,
): Promise<void> {
  const { tenantId } = scope
  await store.transaction(async (trx) => {
    const now = clock.now()
    const there = await keysOfDomain(trx, tenantId, domain.id)
    if (there.length + pairs.length > KEYS_PER_DOMAIN_MAX) {
      throw problem(
        'limit-reached',
        `At most ${KEYS_PER_DOMAIN_MAX} keys a domain: remove some that are gone.`,
      )
    }
    const taken = new Set(there.map((row) => row.selector))
    for (const pair of pairs) {
      const name = selector ?? freeSelector(pair.algorithm, taken, now)
      requireSelector(name, taken)
      taken.add(name)
      const id = newId('key', now)
      const revision = await changeSettings(trx, scope, {
        action: origin === 'generated' ? 'signing.key-made' : 'signing.key-imported',
        subject: subjectOf({ selector: name, domain: domain.name }),
        before: null,
        after: { selector: name, algorithm: pair.algorithm, bits: pair.bits },
        at: now,
      })
      await insertKey(trx, {
        id,
        tenant_id: tenantId,
        domain_id: domain.id,
        domain: domain.name,
        selector: name,
        algorithm: pair.algorithm,
        origin,
        private_key: secrets.seal(pair.privateKey, { tenantId, column: SIGNING_KEY_COLUMN, id }),
        public_key: pair.publicKey,
        bits: pair.bits,
        state: 'pending',
        created_at: now,
        created_by: actorName(scope.actor),
        seen_at: null,
        activated_at: null,
        retired_at: null,
        retire_until: null,
        gone_at: null,
        look: null,
        misses: 0,
        checked_at: null,
        next_check_at: nextWhilePending(now, 1),
        revision,
      })
    }
  })
  link.settingsChanged()
}

/** Makes a key sign, and those of its kind before it retire, in one revision: mail is never between two. */
export async function activate(
  trx: Trx,
  scope: Scope,
  { row, now }: { readonly row: KeyRow; readonly now: number },
): Promise<void> {
  const others = (await keysOfDomain(trx, row.tenant_id, row.domain_id)).filter(
    (other) => other.state === 'active' && other.algorithm === row.algorithm && other.id !== row.id,
  )
  const revision = await changeSettings(trx, scope, {
    action: 'signing.key-activated',
    subject: subjectOf(row),
    before: { state: row.state },
    after: { state: 'active', instead: others.map(({ selector }) => selector) },
    at: now,
  })
  await updateKey(trx, row, {
    state: 'active',
    activated_at: now,
    retired_at: null,
    retire_until: null,
    next_check_at: now,
    revision,
  })
  const overlap = await overlapOf(trx, row)
  for (const other of others) await updateKey(trx, other, { ...retired(overlap, now), revision })
}

export function retired(overlapDays: number, now: number) {
  const until = now + overlapDays * DAY_MS
  return { state: 'retiring', retired_at: now, retire_until: until, next_check_at: now } as const
}

export async function overlapOf(trx: Trx, row: KeyRow): Promise<number> {
  const rows = await signingDomainsOf(trx, row.tenant_id)
  return (
    rows.find(({ domain_id }) => domain_id === row.domain_id)?.overlap_days ?? SIGNING_DEFAULTS.overlap_days
  )
}

function requireSelector(name: string, taken: ReadonlySet<string>): void {
  if (!SELECTOR.test(name)) {
    throw invalidInput([
      { path: '/selector', message: 'A selector is one label: letters, digits and hyphens, such as gp2026.' },
    ])
  }
  if (taken.has(name)) {
    throw invalidInput([
      { path: '/selector', message: `${name} is the selector of another key of this domain.` },
    ])
  }
}

/** `gp20261122r`: the day, and the kind of key. */
function freeSelector(algorithm: KeyAlgorithm, taken: ReadonlySet<string>, now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '')
  const base = `gp${day}${algorithm === 'rsa-sha256' ? 'r' : 'e'}`
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}${number}`
    if (!taken.has(name)) return name
  }
}

export function subjectOf({ selector, domain }: Pick<KeyRow, 'selector' | 'domain'>): string {
  return `signing key ${selector} of ${domain}`
}
