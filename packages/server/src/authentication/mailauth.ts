// The one file that knows mailauth: SPF macros, DMARC discovery and ARC chains are never ours (decisions 46).
import { formatMailbox } from '@gatepost/mail/address.ts'
import type { HeaderField } from '@gatepost/mail/header.ts'
import { arc as arcOf, getARChain } from 'mailauth/lib/arc/index.js'
import { evaluateDmarc as dmarcOf } from 'mailauth/lib/dmarc/index.js'
import { spf as spfOf } from 'mailauth/lib/spf/index.js'
import { EVALUATION_MS_MAX, type MailauthResolver } from './resolver.ts'
import type { ArcFinding, DmarcFinding, SpfQuery, SpfResult } from './results.ts'

export type SpfEvaluation = {
  readonly result: SpfResult
  readonly comment: string | null
  /** The record looked at the local part, so the result is good for this mailbox alone. */
  readonly usedLocalPart: boolean
}

/** Evaluates SPF (RFC 7208). Never rejects: trouble is `temperror`. */
export async function evaluateSpf(
  query: SpfQuery,
  options: { readonly resolver: MailauthResolver; readonly hostname: string },
): Promise<SpfEvaluation> {
  const found = await spfOf({
    // The null reverse-path checks the HELO identity (RFC 7208 §2.4); mailauth takes an absent sender for it.
    sender: query.reversePath === null ? '' : formatMailbox(query.reversePath),
    ip: query.clientIp,
    helo: query.helo,
    mta: options.hostname,
    resolver: options.resolver as never,
    strict: true,
    maxElapsedTime: EVALUATION_MS_MAX,
  }).catch((error: unknown) => ({ status: { result: 'temperror', comment: String(error) } }))
  return {
    result: SPF_RESULTS.has(found.status.result) ? (found.status.result as SpfResult) : 'temperror',
    comment: typeof found.status.comment === 'string' ? found.status.comment : null,
    // In strict mode mailauth names the whole mailbox only if the record looked at the local part.
    usedLocalPart: usesLocalPart(found.status),
  }
}

const SPF_RESULTS = new Set<string>(['none', 'neutral', 'pass', 'fail', 'softfail', 'temperror', 'permerror'])

function usesLocalPart(status: object): boolean {
  if (!('smtp' in status)) return false
  const { mailfrom } = status.smtp as { readonly mailfrom?: string }
  return mailfrom?.includes('@') ?? false
}

export type DmarcQuestion = {
  /** The author domain (RFC 9989 §5.3.1): one, found by the caller. */
  readonly authorDomain: string
  /** The domain that SPF passed for. */
  readonly spfDomain: string | null
  /** The domains of valid signatures. */
  readonly dkimDomains: readonly string[]
  readonly resolver: MailauthResolver
}

export type DmarcEvaluation = {
  readonly dmarc: DmarcFinding
  readonly spfAligned: boolean
  /** Signing domains that are aligned, lower case. */
  readonly dkimAligned: ReadonlySet<string>
}

/** Discovers the author domain's policy by tree walk and compares (RFC 9989). Never rejects. */
export async function evaluateDmarc(question: DmarcQuestion): Promise<DmarcEvaluation> {
  const { authorDomain, spfDomain, dkimDomains, resolver } = question
  try {
    const { response, dkimAligned } = await dmarcOf({
      headerFrom: [authorDomain],
      spfDomains: spfDomain === null ? [] : [spfDomain],
      dkimDomains: dkimDomains.map((domain) => ({ id: domain, domain })) as never,
      resolver: resolver as never,
      strict: true,
    })
    if (response === false) return undecided('none', authorDomain)
    const { result } = response.status
    const known = result === 'none' || result === 'pass' || result === 'fail' ? result : 'temperror'
    const policy = result === 'none' ? undefined : response.policy
    return {
      dmarc: {
        result: known,
        policy: policy === 'none' || policy === 'quarantine' || policy === 'reject' ? policy : null,
        domain: authorDomain,
      },
      spfAligned: typeof response.alignment?.spf?.result === 'string',
      dkimAligned: dkimAligned ?? new Set(),
    }
  } catch {
    return undecided('temperror', authorDomain)
  }
}

function undecided(result: 'none' | 'temperror', domain: string): DmarcEvaluation {
  return { dmarc: { result, policy: null, domain }, spfAligned: false, dkimAligned: new Set() }
}

export type ArcEvaluation = {
  readonly result: ArcFinding
  /** It fails for want of a look-up, and might pass with its answer. */
  readonly isUnsure: boolean
}

/**
 * Validates a chain of seals (RFC 8617 §5.2). The newest message signature was verified by the caller, like
 * any signature. Never rejects; what could not be looked up is an unsure `fail`.
 */
export async function evaluateArc(
  chain: readonly HeaderField[],
  options: { readonly newest: 'pass' | 'fail' | 'temperror'; readonly resolver: MailauthResolver },
): Promise<ArcEvaluation> {
  const parsed = chain.map(({ nameLower, raw }) => ({
    key: nameLower,
    casedKey: nameLower,
    line: withoutEnding(raw),
  }))
  let isUnsure = options.newest === 'temperror'
  const resolver: MailauthResolver = (name, type) =>
    options.resolver(name, type).catch((error: unknown) => {
      isUnsure ||= (error as { readonly code?: unknown }).code === 'ETIMEOUT'
      throw error
    })
  try {
    const sets = getARChain({ parsed }, { strict: true })
    if (sets === false) return { result: 'none', isUnsure: false }
    const lastEntry = sets[sets.length - 1]!
    lastEntry.messageSignature = { status: { result: options.newest === 'pass' ? 'pass' : 'fail' }, info: '' }
    const data = { chain: sets, lastEntry, warnings: [] }
    const found = await arcOf(data, { resolver: resolver as never, strict: true })
    const { result } = found.status
    if (result === 'pass' || result === 'none') return { result, isUnsure: false }
  } catch {
    // A chain that cannot be read; or a look-up that failed, which was noted.
  }
  return { result: 'fail', isUnsure: isUnsure && options.newest !== 'fail' }
}

function withoutEnding(raw: Uint8Array): Buffer {
  const octets = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  return octets.at(-1) === 10 ? octets.subarray(0, octets.at(-2) === 13 ? -2 : -1) : octets
}
