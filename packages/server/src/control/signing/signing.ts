// Signing (O6): keys of the tenant's own validated domains, made or imported, sealed at once, used once their
// records are seen, and rotated with overlap.
import type {
  ArcSeals,
  KeyAlgorithm,
  Signing,
  SigningDomain,
  SigningKey,
} from '@gatepost/contract/signing.ts'
import { requireDomainName } from '../domain/name.ts'
import { coolDownSeconds } from '../domain/schedule.ts'
import { type DomainRow, domainsOf, findDomain } from '../domain/store.ts'
import { invalidInput, problem } from '../problem.ts'
import type { Scope } from '../scope.ts'
import { changeSettings, isEmptyChange, requireRevision } from '../settings/settings.ts'
import { checkKey } from './check.ts'
import { type KeyPair, keyRemedy, makeKeyPair, readPrivateKey } from './keys.ts'
import { activate, overlapOf, retired, type SigningDeps, storeKeys, subjectOf } from './life.ts'
import { SIGNING_DEFAULTS, shownDomain, shownKey, shownSigning } from './present.ts'
import {
  arcOf,
  deleteKey,
  findKey,
  type KeyRow,
  keysOf,
  keysOfDomain,
  putArc,
  putSigningDomain,
  signingDomainsOf,
  updateKey,
} from './store.ts'

export async function getSigning(scope: Scope, { store }: Pick<SigningDeps, 'store'>): Promise<Signing> {
  const { tenantId } = scope
  const [domains, keys, settings, arc] = await Promise.all([
    domainsOf(store.db, tenantId),
    keysOf(store.db, tenantId),
    signingDomainsOf(store.db, tenantId),
    arcOf(store.db, tenantId),
  ])
  const shown = domains.map((domain) =>
    shownDomain(
      domain,
      keys.filter(({ domain_id }) => domain_id === domain.id),
      settings.find(({ domain_id }) => domain_id === domain.id) ?? null,
    ),
  )
  return shownSigning(shown, arc)
}

/** Makes keys; those in use retire once the new ones sign. Throws `domain-not-validated`, `limit-reached`. */
export async function addSigningKeys(
  scope: Scope,
  input: {
    readonly domain: string
    readonly algorithms: readonly KeyAlgorithm[]
    readonly selector?: string | undefined
  },
  deps: SigningDeps,
): Promise<SigningDomain> {
  const domain = await requireDomain(scope, input.domain, deps)
  const algorithms = [...new Set(input.algorithms)]
  if (input.selector !== undefined && algorithms.length > 1) {
    throw invalidInput([
      { path: '/selector', message: 'Two keys need two selectors: make one key at a time.' },
    ])
  }
  const pairs: KeyPair[] = []
  for (const algorithm of algorithms) pairs.push(await makeKeyPair(algorithm))
  await storeKeys(scope, { domain, pairs, selector: input.selector ?? null, origin: 'generated' }, deps)
  return domainShown(scope, domain, deps)
}

/** Takes over a key that signs elsewhere. Throws `invalid-input` with what is wrong with it. */
export async function importSigningKey(
  scope: Scope,
  input: { readonly domain: string; readonly selector: string; readonly privateKey: string },
  deps: SigningDeps,
): Promise<SigningDomain> {
  const domain = await requireDomain(scope, input.domain, deps)
  const read = readPrivateKey(input.privateKey)
  if (!read.ok) throw invalidInput([{ path: '/privateKey', message: keyRemedy(read.fault) }])
  await storeKeys(scope, { domain, pairs: [read.value], selector: input.selector, origin: 'imported' }, deps)
  return domainShown(scope, domain, deps)
}

export async function updateSigningDomain(
  scope: Scope,
  input: {
    readonly domain: string
    readonly change: {
      readonly enabled?: boolean | undefined
      readonly rotateDays?: number | null | undefined
      readonly overlapDays?: number | undefined
    }
    readonly expected: number | null
  },
  deps: SigningDeps,
): Promise<SigningDomain> {
  const { store, clock, link } = deps
  const { tenantId } = scope
  const domain = await findDomain(store.db, tenantId, input.domain)
  if (!domain) throw problem('not-found', `“${input.domain}” is no domain of yours.`)
  await store.transaction(async (trx) => {
    const rows = await signingDomainsOf(trx, tenantId)
    const row = rows.find(({ domain_id }) => domain_id === domain.id) ?? {
      tenant_id: tenantId,
      domain_id: domain.id,
      ...SIGNING_DEFAULTS,
    }
    requireRevision(row, input.expected)
    if (isEmptyChange(input.change)) return
    const { enabled, rotateDays, overlapDays } = input.change
    const after = {
      ...row,
      enabled: enabled === undefined ? row.enabled : enabled ? (1 as const) : (0 as const),
      rotate_days: rotateDays === undefined ? row.rotate_days : rotateDays,
      overlap_days: overlapDays ?? row.overlap_days,
    }
    const revision = await changeSettings(trx, scope, {
      action: 'signing.changed',
      subject: `signing of ${domain.name}`,
      before: stateOf(row),
      after: stateOf(after),
      at: clock.now(),
    })
    await putSigningDomain(trx, { ...after, revision })
  })
  link.settingsChanged()
  return domainShown(scope, domain, deps)
}

/** Looks for the record of a key now. Throws `check-too-soon`. */
export async function checkSigningKey(scope: Scope, id: string, deps: SigningDeps): Promise<SigningKey> {
  const row = await requireKey(scope, id, deps)
  const seconds = coolDownSeconds(row.checked_at, deps.clock.now())
  if (seconds > 0) throw problem('check-too-soon', `Checked a moment ago. Again in ${seconds} s.`)
  await checkKey(row, scope, deps)
  return shownKey(await requireKey(scope, id, deps))
}

/** Signs with a key from now on. Its record must have been seen; a retiring key may come back. */
export async function activateSigningKey(
  scope: Scope,
  id: string,
  deps: SigningDeps,
): Promise<SigningDomain> {
  const { store, clock, link } = deps
  const row = await requireKey(scope, id, deps)
  if (row.state !== 'seen' && row.state !== 'retiring') {
    if (row.state === 'active') return domainOfKey(scope, row, deps)
    throw problem('key-not-seen', 'Publish its record first; it is used as soon as it is seen.')
  }
  await store.transaction((trx) => activate(trx, scope, { row, now: clock.now() }))
  link.settingsChanged()
  return domainOfKey(scope, row, deps)
}

/** Signs with a key no more; its record stays until the overlap is over. */
export async function retireSigningKey(scope: Scope, id: string, deps: SigningDeps): Promise<SigningDomain> {
  const { store, clock, link } = deps
  const row = await requireKey(scope, id, deps)
  if (row.state === 'active') {
    await store.transaction(async (trx) => {
      const now = clock.now()
      const revision = await changeSettings(trx, scope, {
        action: 'signing.key-retired',
        subject: subjectOf(row),
        before: { state: row.state },
        after: { state: 'retiring' },
        at: now,
      })
      await updateKey(trx, row, { ...retired(await overlapOf(trx, row), now), revision })
    })
    link.settingsChanged()
  }
  return domainOfKey(scope, row, deps)
}

/** Destroys a key that does not sign. Throws `key-in-use`. */
export async function removeSigningKey(scope: Scope, id: string, deps: SigningDeps): Promise<void> {
  const { store, clock, link } = deps
  await store.transaction(async (trx) => {
    const row = await findKey(trx, scope.tenantId, id)
    if (!row) throw problem('not-found', 'There is no such key here.')
    if (row.state === 'active') throw problem('signing-key-in-use', 'Retire it first: mail leaves with it.')
    await changeSettings(trx, scope, {
      action: 'signing.key-removed',
      subject: subjectOf(row),
      before: { state: row.state, selector: row.selector },
      after: null,
      at: clock.now(),
    })
    await deleteKey(trx, row)
  })
  link.settingsChanged()
}

/** Sealing, and whose seals are believed. Throws `invalid-input` for what is no domain. */
export async function setArc(
  scope: Scope,
  input: { readonly seals: ArcSeals; readonly sealers: readonly string[]; readonly expected: number | null },
  deps: SigningDeps,
): Promise<Signing> {
  const { store, clock, link } = deps
  const { tenantId } = scope
  const names = input.sealers.map((name, at) => requireDomainName(name, `/sealers/${at}`))
  const sealers = [...new Set(names)].sort()
  await store.transaction(async (trx) => {
    const row = await arcOf(trx, tenantId)
    requireRevision(row ?? { revision: 0 }, input.expected)
    const revision = await changeSettings(trx, scope, {
      action: 'signing.arc-changed',
      subject: 'ARC',
      before: row === null ? null : { seals: row.seals, sealers: JSON.parse(row.sealers) },
      after: { seals: input.seals, sealers },
      at: clock.now(),
    })
    await putArc(trx, {
      tenant_id: tenantId,
      seals: input.seals,
      sealers: JSON.stringify(sealers),
      revision,
    })
  })
  link.settingsChanged()
  return getSigning(scope, deps)
}

async function requireDomain(
  scope: Scope,
  reference: string,
  { store }: Pick<SigningDeps, 'store'>,
): Promise<DomainRow> {
  const row = await findDomain(store.db, scope.tenantId, reference)
  if (!row) throw problem('not-found', `“${reference}” is no domain of yours.`)
  if (row.validated_at === null) {
    throw problem('domain-not-validated', `Validate ${row.name} first: only your own domains are signed for.`)
  }
  return row
}

async function requireKey(scope: Scope, id: string, { store }: Pick<SigningDeps, 'store'>): Promise<KeyRow> {
  const row = await findKey(store.db, scope.tenantId, id)
  if (!row) throw problem('not-found', 'There is no such key here.')
  return row
}

async function domainOfKey(scope: Scope, row: KeyRow, deps: SigningDeps): Promise<SigningDomain> {
  const domain = await findDomain(deps.store.db, scope.tenantId, row.domain_id)
  if (!domain) throw problem('not-found', 'The domain of this key is gone.')
  return domainShown(scope, domain, deps)
}

async function domainShown(
  scope: Scope,
  domain: DomainRow,
  { store }: Pick<SigningDeps, 'store'>,
): Promise<SigningDomain> {
  const [keys, settings] = await Promise.all([
    keysOfDomain(store.db, scope.tenantId, domain.id),
    signingDomainsOf(store.db, scope.tenantId),
  ])
  return shownDomain(domain, keys, settings.find(({ domain_id }) => domain_id === domain.id) ?? null)
}

function stateOf(row: {
  readonly enabled: 0 | 1
  readonly rotate_days: number | null
  readonly overlap_days: number
}) {
  return { enabled: row.enabled === 1, rotateDays: row.rotate_days, overlapDays: row.overlap_days }
}
