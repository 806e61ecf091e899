// Fetches the certificate of one host and keeps it: the account made where there is none, the key kept where
// somebody relies on it, and the outcome written down with the authority's own words.
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import type { AcmeConfig } from '#boot/config-types.ts'
import { readText } from '#platform/files.ts'
import { SYSTEM_TENANT } from '#store/schema.ts'
import { appendAudit } from '../audit/audit.ts'
import type { ControlDeps } from '../scope.ts'
import { type Authority, AuthorityFault, orderCertificate } from './acme.ts'
import { renewalAt, retryAt } from './schedule.ts'
import {
  type CertificateRow,
  changeCertificate,
  dropOldChallenges,
  findAccountKey,
  putAccountKey,
  putChallenge,
} from './store.ts'
import { publishedFor } from './tlsa.ts'

/** An authority looks within seconds; what is older is of an order that failed. */
const PROOF_MS = 3_600_000

export type FetchDeps = Pick<ControlDeps, 'store' | 'clock' | 'emit' | 'secrets' | 'dns'> & {
  readonly acme: AcmeConfig
  readonly chance: () => number
  /** For tests that have no authority. */
  readonly order?: typeof orderCertificate
}

/** Never rejects for what the authority says: that is written down, with when it is tried again. */
export async function fetchCertificate(row: CertificateRow, deps: FetchDeps): Promise<void> {
  const { store, clock, emit, acme, chance } = deps
  const { name } = row
  const triedAt = clock.now()
  try {
    const key = await keyFor(row, deps)
    const chain = await (deps.order ?? orderCertificate)({
      authority: authorityOf(acme),
      accountKey: await accountKeyOf(deps),
      key: key.pem,
      name,
      publish: (token, proof) =>
        store.transaction((trx) => putChallenge(trx, { token, proof, expires_at: clock.now() + PROOF_MS })),
    })
    await keep({ row, key, chain, triedAt }, deps)
  } catch (error) {
    if (!(error instanceof AuthorityFault))
      emit('control.check.failed', { check: `certificate ${name}`, error })
    const said =
      error instanceof AuthorityFault ? error.message : 'Something of ours failed; the log says what.'
    const failures = row.failures + 1
    const nextAt = retryAt(clock.now(), failures, chance())
    const fields = { tried_at: triedAt, failures, last_error: said, next_at: nextAt }
    await store.transaction((trx) => changeCertificate(trx, name, fields))
    emit('control.certificate.failed', { name, authority: acme.directory, said, failures, nextAt })
  }
}

type Key = { readonly pem: string; readonly isNew: boolean }

async function keep(
  fetched: {
    readonly row: CertificateRow
    readonly key: Key
    readonly chain: string
    readonly triedAt: number
  },
  { store, clock, emit, secrets, chance, acme }: FetchDeps,
): Promise<void> {
  const { row, key, chain, triedAt } = fetched
  const { name } = row
  const read = readCertificate(chain)
  const now = clock.now()
  const nextAt = renewalAt(read, chance())
  const place = { tenantId: SYSTEM_TENANT, column: 'certificate.private_key', id: name } as const
  await store.transaction(async (trx) => {
    await changeCertificate(trx, name, {
      chain,
      private_key: secrets.seal(key.pem, place),
      key_made_at: key.isNew ? now : row.key_made_at,
      not_before: read.notBefore,
      not_after: read.notAfter,
      issued_at: now,
      next_at: nextAt,
      tried_at: triedAt,
      failures: 0,
      last_error: null,
    })
    await dropOldChallenges(trx, now)
    const scope = {
      tenantId: null,
      actor: { kind: 'system', name: 'certificates' },
      from: 'internal',
    } as const
    const after = { issuer: read.issuer, validUntil: read.notAfter, key: key.isNew ? 'new' : 'kept' }
    const before = row.not_after === null ? null : { validUntil: row.not_after }
    const event = { action: 'certificate.fetched', subject: `certificate ${name}`, before, after, at: now }
    await appendAudit(trx, scope, event)
  })
  emit('control.certificate.fetched', {
    name,
    authority: acme.directory,
    issuer: read.issuer,
    validUntil: read.notAfter,
    nextAt,
    newKey: key.isNew,
  })
}

/**
 * The key stays where the operator wants it so, and where a TLSA record names it: another one would keep mail
 * from senders that check DANE. Where DNS cannot be asked, it stays too.
 */
async function keyFor(row: CertificateRow, { acme, dns, secrets }: FetchDeps): Promise<Key> {
  const { name, chain, private_key: sealed } = row
  if (chain !== null && sealed !== null) {
    const published = acme.reuseKey ? 'matches' : await publishedFor(name, chain, { dns, fresh: true })
    if (published === 'matches' || published === 'unknown') {
      const place = { tenantId: SYSTEM_TENANT, column: 'certificate.private_key', id: name } as const
      return { pem: secrets.open(sealed, place), isNew: false }
    }
  }
  return { pem: newKey(), isNew: true }
}

async function accountKeyOf({ store, secrets, clock, acme }: FetchDeps): Promise<string> {
  const { directory } = acme
  const place = { tenantId: SYSTEM_TENANT, column: 'acme_account.private_key', id: directory } as const
  const known = await findAccountKey(store.db, directory)
  if (known !== null) return secrets.open(known, place)
  const row = { directory, private_key: secrets.seal(newKey(), place), created_at: clock.now() }
  return secrets.open(await store.transaction((trx) => putAccountKey(trx, row)), place)
}

function authorityOf(acme: AcmeConfig): Authority {
  const { directory, contact, caFile, eabKeyId: keyId, eabHmacKey: hmacKey } = acme
  const ca = caFile === null ? null : readText(caFile)
  if (caFile !== null && ca === null) throw new AuthorityFault(`${caFile} (tls.acme.ca_file) cannot be read.`)
  return {
    directory,
    contact,
    ca,
    externalAccount: keyId !== null && hmacKey !== null ? { keyId, hmacKey } : null,
  }
}

/** P-256: what every sender takes, and small in a handshake. */
function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** What the first certificate of a chain says of itself; times in milliseconds. */
export function readCertificate(chain: string): {
  readonly issuer: string
  readonly notBefore: number
  readonly notAfter: number
  readonly isSelfSigned: boolean
} {
  const read = new X509Certificate(chain)
  const part = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(read.issuer)?.[1]
  return {
    issuer: [part('O'), part('CN')].filter((text) => text !== undefined).join(', ') || read.issuer,
    notBefore: read.validFromDate.getTime(),
    notAfter: read.validToDate.getTime(),
    isSelfSigned: read.issuer === read.subject,
  }
}
