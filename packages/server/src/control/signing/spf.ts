// Evaluates a domain's SPF record for every address that we send from (C6): by the evaluation itself, never
// by comparing texts.
import type { SpfReport } from '@gatepost/contract/signing.ts'
import type { Dns } from '#platform/dns-types.ts'
import { findDomain } from '../domain/store.ts'
import { problem } from '../problem.ts'
import { addressesOf, publicAddresses } from '../readiness/addresses.ts'
import { spfNameOf } from '../readiness/zone.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { editOf, findingsOf, isCostly, isSpfRecord, LOOK_UPS_MAX, takenIn, termsOf } from './spf-record.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'dns' | 'config'>

/** Records fetched in all; beyond it the record counts for nothing anyway (RFC 7208 §4.6.4). */
const RECORDS_MAX = 30
/** Addresses evaluated: a gateway has two or four. */
const ADDRESSES_MAX = 16

/** The report for one domain. Throws `not-found`. */
export async function evaluateSpf(scope: Scope, reference: string, deps: Deps): Promise<SpfReport> {
  const row = await findDomain(deps.store.db, scope.tenantId, reference)
  if (!row) throw problem('not-found', `“${reference}” is no domain of yours.`)
  return reportOf(row.name, deps)
}

async function reportOf(domain: string, { clock, dns, config }: Omit<Deps, 'store'>): Promise<SpfReport> {
  const { hostname } = config
  // A person changed the record a moment ago: what is kept of it must not answer.
  const fresh: Dns = { ...dns, query: (query) => dns.query({ ...query, fresh: true }) }
  const [answer, addresses] = await Promise.all([
    fresh.query({ name: domain, type: 'TXT' }),
    addressesOf(fresh, hostname),
  ])
  const named = publicAddresses(addresses, [])
  const all = (named.length > 0 ? named : addresses.kind === 'found' ? addresses.all : []).slice(
    0,
    ADDRESSES_MAX,
  )
  const records = answer.kind === 'found' ? answer.records.filter(isSpfRecord) : []
  // At first use: the evaluation brings a hundred modules that control needs for nothing else.
  const { SpfChecker } = await import('#authentication/spf.ts')
  const checker = new SpfChecker({ dns: fresh, clock, hostname })
  const senders = await Promise.all(
    all.map(async (address) => {
      const reversePath = { localPart: 'postmaster', domain }
      const found = await checker.check({ clientIp: address, helo: hostname, reversePath })
      return { address, result: found.result, because: found.explanation ?? wordsFor(found.result, address) }
    }),
  )
  const walk: Walk = { dns: fresh, records: 0, dead: [] }
  const terms = []
  for (const term of records.flatMap(termsOf)) {
    terms.push({ term, lookUps: await costOf(term, walk), note: noteOf(term, hostname) })
  }
  const lookUps = terms.reduce((sum, one) => sum + one.lookUps, 0)
  const isOursIn = senders.length > 0 && senders.every(({ result }) => result === 'pass')
  const isUnknown = answer.kind === 'failed' || senders.some(({ result }) => result === 'temperror')
  const include = spfNameOf(hostname)
  const findings = [
    ...(answer.kind === 'failed'
      ? [{ kind: 'error', text: `The record could not be looked up: ${answer.why}.` } as const]
      : []),
    ...(senders.length === 0
      ? [
          {
            kind: 'warning',
            text: `${hostname} has no address in DNS, so nothing could be evaluated.`,
          } as const,
        ]
      : []),
    ...findingsOf({ records, lookUps, isOursIn, dead: walk.dead }),
  ]
  const isWanted = senders.length === 0 || !isOursIn
  return {
    domain,
    state: isUnknown ? 'unknown' : records.length === 0 ? 'missing' : isOursIn ? 'right' : 'wrong',
    records,
    terms,
    lookUps,
    lookUpsMax: LOOK_UPS_MAX,
    senders,
    findings,
    include,
    edit: isUnknown ? null : editOf(records, { include, isWanted, dead: walk.dead }),
    checkedAt: clock.now(),
  }
}

type Walk = { readonly dns: Dns; records: number; readonly dead: string[] }

/** Look-ups of a term, with those of the records it takes in. */
async function costOf(term: string, walk: Walk): Promise<number> {
  if (!isCostly(term)) return 0
  const name = takenIn(term)
  walk.records += 1
  if (name === null || walk.records > RECORDS_MAX) return 1
  const answer = await walk.dns.query({ name, type: 'TXT' })
  const record = answer.kind === 'found' ? answer.records.find(isSpfRecord) : undefined
  if (record === undefined) {
    if (answer.kind !== 'failed') walk.dead.push(name)
    return 1
  }
  let cost = 1
  for (const inner of termsOf(record)) cost += await costOf(inner, walk)
  return cost
}

function noteOf(term: string, hostname: string): string | null {
  if (takenIn(term) === spfNameOf(hostname)) return 'our addresses'
  if (/^-all$/i.test(term)) return 'refuse all others'
  if (/^~all$/i.test(term)) return 'suspect all others'
  if (/^\?all$/i.test(term)) return 'says nothing of all others'
  return /^\+?all$/i.test(term) ? 'lets everybody pass' : null
}

function wordsFor(result: string, address: string): string {
  if (result === 'none') return 'There is no SPF record.'
  return result === 'pass'
    ? `${address} may send for this domain.`
    : `${address} is not named by this record.`
}
