// Certificates as the operator sees them: fetched ones, files and our own, with the TLSA record of each, and
// host names that lead here without one.
import { join } from 'node:path'
import type { Certificate, Certificates } from '@gatepost/contract/certificate.ts'
import { FETCHED_FOLDER, fetchedPath } from '#platform/fetched-certificates.ts'
import { fileExists, readText } from '#platform/files.ts'
import { namesIn } from '#platform/tls.ts'
import { type AuditScope, appendAudit } from '../audit/audit.ts'
import { coolDownSeconds } from '../domain/schedule.ts'
import { problem } from '../problem.ts'
import type { ControlDeps } from '../scope.ts'
import { readCertificate } from './fetch.ts'
import { configurationFor, proposalsOf } from './proposals.ts'
import { allCertificates, type CertificateRow, changeCertificate, findCertificate } from './store.ts'
import { publishedFor, tlsaNameOf, tlsaRecordOf } from './tlsa.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'dns' | 'config'>

const DAY_MS = 86_400_000
/** A name server that is silent must not hold up the page. */
const DNS_MS = 3_000
/** Whoever renews by hand has two weeks; of a short life the last quarter. */
const EXPIRING_MS = 14 * DAY_MS

export async function listCertificates(deps: Deps): Promise<Certificates> {
  const { config } = deps
  const { acme } = config.tls
  const items = await certificatesOf(deps)
  const proposals = await proposalsOf(items, deps)
  return {
    acme: acme && {
      directory: acme.directory,
      contact: acme.contact,
      listeners: [...acme.listen],
      reuseKey: acme.reuseKey,
    },
    items: [...items],
    proposals: [...proposals],
    configuration: proposals.length === 0 ? null : configurationFor(items, proposals, deps),
  }
}

/** Every certificate in use or waited for, the usual one first. */
export async function certificatesOf(deps: Deps): Promise<readonly Certificate[]> {
  const { store, config, clock } = deps
  const { tls, data, hostname } = config
  const own = tls.certificateFile === null ? [] : [{ path: tls.certificateFile, isUsual: true }]
  const files = [...own, ...tls.further.map(({ certificate: path }) => ({ path, isUsual: false }))]
  const rows = tls.acme === null ? [] : await allCertificates(store.db)
  const wanted = rows.filter(({ name }) => tls.acme?.names.includes(name))
  const issued = wanted.filter(({ chain }) => chain !== null).map(({ name }) => name)
  const usual = issued.includes(hostname)
    ? hostname
    : (tls.acme?.names.find((name) => issued.includes(name)) ?? null)
  const now = clock.now()
  const isSelfMade = own.length === 0 && usual === null
  const plain = [
    ...files.map(({ path, isUsual }) => ofFile(path, { source: 'file', isUsual, now })),
    ...(isSelfMade
      ? [ofFile(join(data, 'keys', 'self.crt'), { source: 'self-made', isUsual: true, now })]
      : []),
    ...wanted.map((row) => ofRow(row, { isUsual: own.length === 0 && row.name === usual, now })),
  ]
  const items = await Promise.all(plain.map(({ item, chain }) => withTlsa(item, chain, deps)))
  return items.toSorted((a, b) => Number(b.isUsual) - Number(a.isUsual) || (a.name < b.name ? -1 : 1))
}

/**
 * Has a certificate fetched at the next round, whenever it was due. Throws `not-found` for a name that is not
 * fetched, and `check-too-soon` right after another try.
 */
export async function renewCertificate(scope: AuditScope, given: string, deps: Deps): Promise<Certificate> {
  const { store, clock, config } = deps
  const name = given.toLowerCase()
  const now = clock.now()
  await store.transaction(async (trx) => {
    const row = config.tls.acme?.names.includes(name) ? await findCertificate(trx, name) : null
    if (row === null) throw problem('not-found', `No certificate is fetched for “${name}”.`)
    const waitSeconds = coolDownSeconds(row.tried_at, now)
    if (waitSeconds > 0) {
      throw problem('check-too-soon', `It was tried a moment ago. Try again in ${waitSeconds} s.`, {
        retryAfterSeconds: waitSeconds,
      })
    }
    await changeCertificate(trx, name, { next_at: now })
    const subject = `certificate ${name}`
    const event = { action: 'certificate.renewal-asked', subject, before: null, after: null, at: now }
    await appendAudit(trx, scope, event)
  })
  const found = (await certificatesOf(deps)).find((one) => one.name === name && one.source === 'fetched')
  if (found === undefined) throw problem('not-found')
  return found
}

/** The file that clients get a certificate from who name no host. */
export function usualFileOf({
  tls,
  data,
  hostname,
}: Pick<ControlDeps['config'], 'tls' | 'data' | 'hostname'>): string {
  if (tls.certificateFile !== null) return tls.certificateFile
  const folder = join(data, FETCHED_FOLDER)
  const names =
    tls.acme === null ? [] : [hostname, ...tls.acme.names].filter((name) => tls.acme?.names.includes(name))
  const fetched = names.map((name) => fetchedPath(folder, name)).find(fileExists)
  return fetched ?? join(data, 'keys', 'self.crt')
}

type Read = { readonly item: Certificate; readonly chain: string | null }
type Place = { readonly isUsual: boolean; readonly now: number }

const EMPTY = {
  names: [],
  issuer: null,
  validFrom: null,
  validUntil: null,
  issuedAt: null,
  nextAt: null,
  triedAt: null,
  failures: 0,
  lastError: null,
  keyMadeAt: null,
  tlsa: null,
}

function ofFile(
  file: string,
  { source, isUsual, now }: Place & { readonly source: 'file' | 'self-made' },
): Read {
  const base = { ...EMPTY, source, isUsual, file }
  const chain = readText(file)
  try {
    const read = readCertificate(chain ?? '')
    const names = [...namesIn(chain ?? '')]
    const state = source === 'self-made' ? 'self-made' : stateAt(read, now)
    const times = { validFrom: read.notBefore, validUntil: read.notAfter }
    return { item: { ...base, ...times, name: names[0] ?? file, names, state, issuer: read.issuer }, chain }
  } catch {
    const lastError = chain === null ? 'The file cannot be read.' : 'The file holds no certificate.'
    return { item: { ...base, name: file, state: 'unreadable', lastError }, chain: null }
  }
}

function stateAt(
  { notBefore, notAfter }: { readonly notBefore: number; readonly notAfter: number },
  now: number,
): 'valid' | 'expiring' | 'expired' {
  if (notAfter <= now) return 'expired'
  return notAfter - now < Math.min(EXPIRING_MS, (notAfter - notBefore) / 4) ? 'expiring' : 'valid'
}

function ofRow(row: CertificateRow, { isUsual, now }: Place): Read {
  const { chain } = row
  const isOver = row.not_after !== null && row.not_after <= now
  const quiet = chain === null ? 'waiting' : 'valid'
  return {
    chain,
    item: {
      name: row.name,
      source: 'fetched',
      isUsual,
      names: chain === null ? [row.name] : [...namesIn(chain)],
      issuer: chain === null ? null : readCertificate(chain).issuer,
      validFrom: row.not_before,
      validUntil: row.not_after,
      issuedAt: row.issued_at,
      nextAt: row.next_at,
      triedAt: row.tried_at,
      failures: row.failures,
      lastError: row.last_error,
      keyMadeAt: row.key_made_at,
      tlsa: null,
      file: null,
      state: isOver ? 'expired' : row.failures > 0 ? 'failing' : quiet,
    },
  }
}

async function withTlsa(item: Certificate, chain: string | null, { dns }: Deps): Promise<Certificate> {
  const host = item.source === 'fetched' ? item.name : item.names.find((name) => !name.startsWith('*'))
  // Nobody publishes a record for a certificate that is on its way out.
  if (chain === null || host === undefined || item.source === 'self-made') return item
  const published = await publishedFor(host, chain, {
    dns,
    fresh: false,
    signal: AbortSignal.timeout(DNS_MS),
  })
  return { ...item, tlsa: { name: tlsaNameOf(host), record: tlsaRecordOf(chain), published } }
}
