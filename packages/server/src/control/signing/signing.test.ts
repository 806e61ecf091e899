// Keys of a domain from making to their end: pending, seen, active, retiring, gone; and whose they may be.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { compileTenant } from '#link/compile.ts'
import type { Dns } from '#platform/dns-types.ts'
import { addOrganisation, withStore } from '../../../../../test/store/fixtures.ts'
import { removeDomain } from '../domain/domain.ts'
import { findDomain } from '../domain/store.ts'
import { Problem } from '../problem.ts'
import { createPublishingStore } from '../publishing/store.ts'
import type { Scope } from '../scope.ts'
import { checkKey } from './check.ts'
import { readPrivateKey } from './keys.ts'
import {
  activateSigningKey,
  addSigningKeys,
  getSigning,
  importSigningKey,
  removeSigningKey,
  setArc,
  updateSigningDomain,
} from './signing.ts'
import { afterLook, SETTLE_MS } from './stages.ts'
import { findKey } from './store.ts'
import { rotateDue } from './watch.ts'

const DAY = 86_400_000

/** Authoritative answers from a map; names that are not in it do not exist. */
function dnsOf(records: Map<string, string>): Dns {
  const common = { ttl: 60, authenticated: false, server: 'test' }
  return {
    query: (async ({ name, type }: { name: string; type: string }) => {
      const text = type === 'TXT' ? records.get(name) : undefined
      return text === undefined
        ? { kind: 'absent', ...common }
        : { kind: 'found', records: [text], ...common }
    }) as Dns['query'],
    authoritativeServers: async () => ({
      kind: 'found',
      zone: 'acme.example',
      servers: [{ name: 'ns1.acme.example', address: '192.0.2.53:53' }],
    }),
    confirmedName: async () => ({ kind: 'none' }),
  }
}

async function withSigning(
  work: (given: {
    deps: Parameters<typeof addSigningKeys>[2] & Parameters<typeof removeDomain>[2]
    scope: Scope
    other: Scope
    records: Map<string, string>
    clock: { add(ms: number): void; now(): number }
  }) => Promise<void>,
): Promise<void> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'gatepost-signing-'))
  try {
    await withStore({ database: null, dataFolder }, async (deps, clock) => {
      const records = new Map<string, string>()
      const scope = await addOrganisation(deps.store, 'Acme', 'acme.example')
      const other = await addOrganisation(deps.store, 'Bright', 'bright.example')
      await work({ deps: { ...deps, dns: dnsOf(records) }, scope, other, records, clock })
    })
  } finally {
    await rm(dataFolder, { recursive: true })
  }
}

test('a key signs once its record is seen; its successor after a while, and the old one retires and goes', async () => {
  await withSigning(async ({ deps, scope, records, clock }) => {
    const look = async (id: string) => {
      await checkKey((await findKey(deps.store.db, scope.tenantId, id))!, scope, deps)
      return (await findKey(deps.store.db, scope.tenantId, id))!.state
    }
    const made = await addSigningKeys(scope, { domain: 'acme.example', algorithms: ['rsa-sha256'] }, deps)
    const [first] = made.keys
    assert.equal(made.state, 'waiting')
    assert.equal(await look(first!.id), 'pending')
    records.set(first!.record.name, first!.record.value)
    assert.equal(await look(first!.id), 'active')
    clock.add(1_000)
    const again = await addSigningKeys(scope, { domain: 'acme.example', algorithms: ['rsa-sha256'] }, deps)
    const second = again.keys.find(({ id }) => id !== first!.id)!
    assert.notEqual(second.selector, first!.selector)
    records.set(second.record.name, second.record.value)
    assert.equal(await look(second.id), 'seen')
    clock.add(SETTLE_MS)
    assert.equal(await look(second.id), 'active')
    assert.equal((await findKey(deps.store.db, scope.tenantId, first!.id))?.state, 'retiring')
    const rows = await createPublishingStore(deps.store).rowsOf(scope.tenantId)
    assert.deepEqual(
      compileTenant(rows!).signing?.keys.map(({ id }) => id),
      [second.id],
    )
    clock.add(7 * DAY)
    assert.equal(await look(first!.id), 'gone')
    assert.equal((await findKey(deps.store.db, scope.tenantId, first!.id))?.private_key, null)
  })
})

test('a wrong key in DNS is no proof; the private half is sealed, and never in an answer', async () => {
  await withSigning(async ({ deps, scope, records }) => {
    const made = await addSigningKeys(
      scope,
      { domain: 'acme.example', algorithms: ['ed25519-sha256', 'rsa-sha256'] },
      deps,
    )
    const [one, two] = made.keys
    records.set(one!.record.name, two!.record.value)
    const row = (await findKey(deps.store.db, scope.tenantId, one!.id))!
    await checkKey(row, scope, deps)
    assert.equal((await findKey(deps.store.db, scope.tenantId, one!.id))?.state, 'pending')
    assert.match(row.private_key ?? '', /^v1\./)
    assert.doesNotMatch(JSON.stringify(await getSigning(scope, deps)), /PRIVATE KEY|v1\./)
    await assert.rejects(activateSigningKey(scope, one!.id, deps), { problemName: 'key-not-seen' })
  })
})

test('never for a domain of somebody else, nor one that is not validated', async () => {
  await withSigning(async ({ deps, scope, other }) => {
    const input = { domain: 'bright.example', algorithms: ['rsa-sha256'] as const }
    await assert.rejects(addSigningKeys(scope, input, deps), { problemName: 'not-found' })
    const { keys } = await addSigningKeys(other, input, deps)
    await assert.rejects(activateSigningKey(scope, keys[0]!.id, deps), { problemName: 'not-found' })
    await assert.rejects(removeSigningKey(scope, keys[0]!.id, deps), { problemName: 'not-found' })
    await deps.store.db
      .updateTable('domain')
      .set({ validated_at: null })
      .where('tenant_id', '=', other.tenantId)
      .execute()
    await assert.rejects(addSigningKeys(other, input, deps), { problemName: 'domain-not-validated' })
    const rows = await createPublishingStore(deps.store).rowsOf(other.tenantId)
    assert.equal(compileTenant(rows!).signing, undefined)
  })
})

test('an imported key keeps its selector; what is no key says why', async () => {
  await withSigning(async ({ deps, scope }) => {
    const pem = (bits: number) =>
      String(
        generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({
          format: 'pem',
          type: 'pkcs1',
        }),
      )
    const input = { domain: 'acme.example', selector: 'selector1', privateKey: pem(2_048) }
    const { keys } = await importSigningKey(scope, input, deps)
    assert.deepEqual(
      keys.map(({ selector, origin, bits }) => [selector, origin, bits]),
      [['selector1', 'imported', 2_048]],
    )
    await assert.rejects(importSigningKey(scope, input, deps), { problemName: 'invalid-input' })
    for (const [text, fault] of [
      ['-----BEGIN PRIVATE KEY-----\nnothing\n-----END PRIVATE KEY-----', 'key-unreadable'],
      ['-----BEGIN ENCRYPTED PRIVATE KEY-----', 'key-encrypted'],
      [
        String(
          generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
            format: 'pem',
            type: 'pkcs8',
          }),
        ),
        'key-type',
      ],
    ] as const) {
      const read = readPrivateKey(text)
      assert.equal(!read.ok && read.fault, fault)
    }
  })
})

test('rotation by itself makes successors when they are due, once; switching off publishes no key', async () => {
  await withSigning(async ({ deps, scope, records, clock }) => {
    const domain = 'acme.example'
    const { keys } = await addSigningKeys(scope, { domain, algorithms: ['ed25519-sha256'] }, deps)
    records.set(keys[0]!.record.name, keys[0]!.record.value)
    await checkKey((await findKey(deps.store.db, scope.tenantId, keys[0]!.id))!, scope, deps)
    await updateSigningDomain(scope, { domain, change: { rotateDays: 90 }, expected: null }, deps)
    assert.equal(await rotateDue(deps), 0)
    clock.add(90 * DAY)
    assert.equal(await rotateDue(deps), 1)
    assert.equal(await rotateDue(deps), 0)
    await updateSigningDomain(scope, { domain, change: { enabled: false }, expected: null }, deps)
    const rows = await createPublishingStore(deps.store).rowsOf(scope.tenantId)
    assert.equal(compileTenant(rows!).signing, undefined)
  })
})

test('seals that are believed are domains, and reach the edges', async () => {
  await withSigning(async ({ deps, scope }) => {
    const set = { seals: 'none' as const, sealers: ['Lists.Example', 'lists.example'], expected: null }
    assert.deepEqual((await setArc(scope, set, deps)).sealers, ['lists.example'])
    const rows = await createPublishingStore(deps.store).rowsOf(scope.tenantId)
    assert.deepEqual(compileTenant(rows!).arcSealers, ['lists.example'])
    await assert.rejects(setArc(scope, { ...set, sealers: ['com'] }, deps), Problem)
  })
})

test('with a domain its keys go', async () => {
  await withSigning(async ({ deps, scope }) => {
    const { keys } = await addSigningKeys(
      scope,
      { domain: 'acme.example', algorithms: ['ed25519-sha256'] },
      deps,
    )
    const row = await findDomain(deps.store.db, scope.tenantId, 'acme.example')
    await deps.store.db
      .updateTable('domain')
      .set({ is_primary: 0 })
      .where('tenant_id', '=', scope.tenantId)
      .execute()
    await removeDomain(scope, row!.id, deps).catch((error) => {
      if (!(error instanceof Problem) || error.problemName !== 'domain-in-use') throw error
    })
    const left = await findDomain(deps.store.db, scope.tenantId, 'acme.example')
    const key = await findKey(deps.store.db, scope.tenantId, keys[0]!.id)
    assert.equal(key === null, left === null)
  })
})

test('stages: nobody answering is never a “no”; a record taken away before use is waited for again', () => {
  const now = 1_000_000
  const seen = { state: 'seen', seenAt: now, retireUntil: null, misses: 0 } as const
  assert.equal(afterLook(seen, { seen: 'unknown', now, isFirst: false }).state, 'seen')
  assert.equal(afterLook(seen, { seen: 'missing', now, isFirst: false }).state, 'pending')
  const active = { ...seen, state: 'active' } as const
  assert.equal(afterLook(active, { seen: 'missing', now, isFirst: false }).misses, 1)
  assert.equal(afterLook(active, { seen: 'unknown', now, isFirst: false }).misses, 0)
  const retiring = { ...seen, state: 'retiring', retireUntil: now + 10 } as const
  assert.equal(afterLook(retiring, { seen: 'missing', now, isFirst: false }).state, 'retiring')
  assert.equal(afterLook(retiring, { seen: 'found', now: now + 10, isFirst: false }).state, 'gone')
})
