// Fetched certificates without an authority: when they are due, what a failure leaves behind, which key is
// kept, what the page, the alerts and the workers' files say of it.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { english } from '@gatepost/contract/sayings.ts'
import { loadBootConfig } from '#boot/config.ts'
import { silentEmit } from '#events/emit.ts'
import { certificateRequest } from '#platform/certificate-request.ts'
import { FETCHED_FOLDER, fetchedNames, fetchedPath } from '#platform/fetched-certificates.ts'
import { ensureFolder, readText, writeText } from '#platform/files.ts'
import { ensureMasterKey, openSecretBox } from '#platform/secret-box.ts'
import { selfSigned } from '#platform/tls.ts'
import { openStore, type Store } from '#store/open.ts'
import { certificateSource } from '../alert/sources/certificate.ts'
import type { SourceDeps } from '../alert/sources/source.ts'
import { AuthorityFault } from './acme.ts'
import { certificatesOf, listCertificates, renewCertificate } from './list.ts'
import { renewalAt, retryAt } from './schedule.ts'
import { findCertificate } from './store.ts'
import { tlsaRecordOf } from './tlsa.ts'
import { type CertificateDeps, CertificateWatch } from './watch.ts'

const NOW = Date.UTC(2026, 10, 22)
const DAY_MS = 86_400_000
const MX = 'mx.gate.example'
const AWAY = 'away.gate.example'
const by = { tenantId: null, actor: { kind: 'person', id: 'per_1', name: 'Ada' }, from: '127.0.0.1' } as const

const data = mkdtempSync(join(tmpdir(), 'certificates-'))
let now = NOW
const clock = { now: () => now, sleep: async () => {} }
let store: Store
let deps: CertificateDeps
/** What the zone says; null: DNS does not answer. */
let tlsa: string | null = ''
/** What the authority says no with; null lets it issue. */
const refusals = new Map<string, string>()
const asked: string[] = []

before(async () => {
  ensureFolder(join(data, 'keys'))
  ensureMasterKey(join(data, 'keys', 'master.key'))
  const env = new Map([
    ['GATEPOST_DATA', data],
    ['GATEPOST_HOSTNAME', MX],
    ['GATEPOST_TLS_ACME_TERMS_AGREED', 'yes'],
    ['GATEPOST_TLS_ACME_NAMES', `${MX} ${AWAY}`],
  ])
  const config = loadBootConfig({ env, file: null })
  store = await openStore({ database: null, dataFolder: data, clock, emit: silentEmit })
  const secrets = openSecretBox(join(data, 'keys', 'master.key'))
  deps = {
    store,
    clock,
    emit: silentEmit,
    secrets,
    config,
    dns: dnsOf(),
    order: issue,
  } as unknown as CertificateDeps
})
after(async () => {
  await store.close()
  rmSync(data, { recursive: true })
})

/** Only TLSA records of MX are of interest; everything else does not exist. */
function dnsOf() {
  return {
    query: async ({ type, name }: { readonly type: string; readonly name: string }) => {
      const answer = { ttl: 60, authenticated: false, server: '127.0.0.1:53' }
      if (type !== 'TLSA' || !name.endsWith(`.${MX}`) || tlsa === '') return { kind: 'none', ...answer }
      if (tlsa === null) return { kind: 'failed', why: 'no answer', server: answer.server }
      const [usage, selector, matchingType, hex = ''] = tlsa.split(' ')
      const record = { usage: Number(usage), selector: Number(selector), matchingType: Number(matchingType) }
      return { kind: 'found', ...answer, records: [{ ...record, certificate: Buffer.from(hex, 'hex') }] }
    },
  }
}

/** An authority that issues at once: the certificate is self-signed with the host's own key. */
async function issue({ name, key, publish }: Parameters<NonNullable<CertificateDeps['order']>>[0]) {
  asked.push(name)
  await publish('token-of-one-order', 'proof')
  const refusal = refusals.get(name)
  if (refusal !== undefined) throw new AuthorityFault(refusal)
  return selfSigned(name, now, key).certificate
}

test('renewal at two thirds of the life, retries later and later', () => {
  const life = { notBefore: NOW, notAfter: NOW + 90 * DAY_MS }
  assert.equal(renewalAt(life, 0), NOW + 60 * DAY_MS)
  assert.equal(renewalAt(life, 1), Math.round(NOW + 61.8 * DAY_MS))
  const minutes = [1, 2, 3, 4, 5, 6, 7, 8, 50].map((failures) => (retryAt(0, failures, 0) - 0) / 60_000)
  assert.deepEqual(minutes, [10, 20, 40, 80, 160, 320, 640, 720, 720])
  assert.equal(retryAt(0, 1, 1), 720_000)
})

test('a request for a certificate is one that OpenSSL reads', async () => {
  const { key } = selfSigned('a.example', NOW)
  const request = certificateRequest(['a.example', 'b.example'], key)
  const { spawnSync } = await import('node:child_process')
  const read = spawnSync('openssl', ['req', '-noout', '-verify', '-text'], {
    input: request,
    encoding: 'utf8',
  })
  if (read.error) return
  assert.equal(read.status, 0, read.stderr)
  assert.match(read.stdout, /DNS:a\.example, DNS:b\.example/)
})

test('each name is fetched, brought to the workers, and refused in the authority’s words', async () => {
  refusals.set(AWAY, 'Fetching http://away.gate.example/: Connection refused')
  const watch = new CertificateWatch(deps)
  while (await watch.fetchDue());
  await watch.bring()
  assert.deepEqual(asked.toSorted(), [AWAY, MX])
  const folder = join(data, FETCHED_FOLDER)
  assert.deepEqual(fetchedNames(folder), [MX])
  const file = readText(fetchedPath(folder, MX)) ?? ''
  assert.equal(new X509Certificate(file).subjectAltName, `DNS:${MX}`)
  const row = await findCertificate(store.db, MX)
  assert.match(row?.private_key ?? '', /^v1\./)
  const [first, second] = await certificatesOf(deps)
  assert.deepEqual([first?.name, first?.state, first?.isUsual], [MX, 'valid', true])
  assert.deepEqual([second?.name, second?.state, second?.failures], [AWAY, 'failing', 1])
  assert.equal(second?.lastError, refusals.get(AWAY))
})

test('a second failure is an alert with these words; success ends it', async () => {
  const source = { ...deps } as unknown as SourceDeps
  assert.deepEqual((await certificateSource.look(source, now)).wrong, [])
  now += 15 * 60_000
  const watch = new CertificateWatch(deps)
  while (await watch.fetchDue());
  const [alert] = (await certificateSource.look(source, now)).wrong
  assert.equal(alert?.subject, AWAY)
  assert.match(
    english(alert?.text ?? ''),
    /acme-v02\.api\.letsencrypt\.org gives no certificate.*Connection refused/,
  )
  refusals.clear()
  await assert.rejects(renewCertificate(by, AWAY, deps), /tried a moment ago/)
  now += 60_000
  await renewCertificate(by, AWAY, deps)
  while (await watch.fetchDue());
  assert.deepEqual((await certificateSource.look(source, now)).wrong, [])
  await assert.rejects(renewCertificate(by, 'other.example', deps), /No certificate is fetched/)
})

/** The record in the zone, and whether a renewal keeps the key. */
const keyCases: readonly (readonly [string, (own: string) => string | null, boolean])[] = [
  ['no record: a new key', () => '', false],
  ['a record that names the key: it is kept', (own) => own, true],
  ['DNS does not answer: it is kept', () => null, true],
  ['a record of another key: a new one', () => `3 1 1 ${'00'.repeat(32)}`, false],
]
for (const [name, record, isKept] of keyCases) {
  test(name, async () => {
    const before = await findCertificate(store.db, MX)
    const own = tlsaRecordOf(before?.chain ?? '')
    tlsa = record(own)
    now += 60_000
    await renewCertificate(by, MX, deps)
    const watch = new CertificateWatch(deps)
    while (await watch.fetchDue());
    const row = await findCertificate(store.db, MX)
    assert.notEqual(row?.issued_at, before?.issued_at)
    assert.equal(tlsaRecordOf(row?.chain ?? '') === own, isKept)
    assert.equal(row?.key_made_at === before?.key_made_at, isKept)
  })
}

test('a record that names another key is a critical alert', async () => {
  tlsa = `3 1 1 ${'00'.repeat(32)}`
  const { wrong } = await certificateSource.look({ ...deps } as unknown as SourceDeps, now)
  assert.deepEqual(
    wrong.flatMap(({ subject, severity }) => (subject === AWAY ? [] : [[subject, severity]])),
    [[`_25._tcp.${MX}`, 'critical']],
  )
  tlsa = ''
})

test('another authority and other names: what is not wanted goes, the rest stays until it is fetched', async () => {
  const acme = deps.config.tls.acme!
  const changed = { ...acme, directory: 'https://other.example/dir', names: [MX] }
  const config = { ...deps.config, tls: { ...deps.config.tls, acme: changed } }
  refusals.set(MX, 'Not now')
  const watch = new CertificateWatch({ ...deps, config })
  while (await watch.fetchDue());
  await watch.bring()
  assert.deepEqual(fetchedNames(join(data, FETCHED_FOLDER)), [MX])
  const { items, proposals } = await listCertificates({ ...deps, config })
  assert.deepEqual(
    items.map(({ name, state }) => [name, state]),
    [[MX, 'failing']],
  )
  assert.deepEqual(proposals, [])
})

test('files are listed with their end, and a name without any is proposed', async () => {
  const file = join(data, 'own.pem')
  const made = selfSigned('old.example', NOW - 3_649 * DAY_MS + 20 * DAY_MS)
  writeText(file, made.certificate)
  const tls = { ...deps.config.tls, acme: null, certificateFile: file, keyFile: file }
  const config = { ...deps.config, tls }
  now = NOW + 10 * DAY_MS
  const answer = await listCertificates({ ...deps, config })
  assert.deepEqual(
    answer.items.map(({ name, source, state, isUsual }) => [name, source, state, isUsual]),
    [['old.example', 'file', 'expiring', true]],
  )
  assert.deepEqual(answer.proposals, [{ name: MX, because: 'The name in our greeting' }])
  assert.match(answer.configuration ?? '', /names = \["mx\.gate\.example"\]/)
  assert.equal(answer.acme, null)
})
