// Authentication of mail from outside: SPF, DKIM, DMARC and ARC of one message, over one resolver with shared
// look-ups. Facts wrap what comes out.
import { type HeaderField, parseHeaderFields, splitMessage } from '@gatepost/mail/header.ts'
import type { Clock } from '#platform/clock.ts'
import type { Dns } from '#platform/dns-types.ts'
import { arcFields, newestMessageSignature, sealersIn } from './arc-fields.ts'
import { KeyStore } from './dkim-key.ts'
import { DmarcChecker } from './dmarc.ts'
import { type ArcEvaluation, type DmarcEvaluation, evaluateArc } from './mailauth.ts'
import { resolverOf } from './resolver.ts'
import type { ArcFinding, AuthenticationFact, DkimFinding, SpfFinding } from './results.ts'
import { Signatures } from './signatures.ts'
import { SpfChecker } from './spf.ts'

/** Reads content along, chunk by chunk from its first octet, and keeps nothing of it but hashes. */
export type BodyTap = {
  write(chunk: Uint8Array): void
  /** Called once, at the end of the content. Never rejects. */
  finish(): Promise<TapFindings>
}

export type TapFindings = {
  readonly dkim: readonly DkimFinding[]
  readonly arc: ArcFinding
  readonly isArcUnsure?: true
  /** Of a chain that passes, or might. */
  readonly sealers?: AuthenticationFact['sealers']
}

/** What is known of a message besides its content. */
export type MessageQuestion = {
  readonly spf: SpfFinding
  /** Lower-case domains of all authors; '' for one that cannot be read. */
  readonly authorDomains: readonly string[]
}

const UNSIGNED: TapFindings = { dkim: [], arc: 'none' }

export class Authenticator {
  readonly spf: SpfChecker
  readonly #dns: Dns
  readonly #clock: Clock
  readonly #dmarc: DmarcChecker
  readonly #keys: KeyStore

  constructor(options: { readonly dns: Dns; readonly clock: Clock; readonly hostname: string }) {
    this.#dns = options.dns
    this.#clock = options.clock
    this.spf = new SpfChecker(options)
    this.#dmarc = new DmarcChecker(options)
    this.#keys = new KeyStore(options)
  }

  /** Null when nothing in the header asks for the body: unsigned mail is never read again. */
  begin(fields: readonly HeaderField[], bodyOffset: number): BodyTap | null {
    const chain = arcFields(fields)
    const signed = fields.filter(({ nameLower }) => nameLower === 'dkim-signature')
    if (signed.length === 0 && chain.length === 0) return null
    const newest = newestMessageSignature(chain)
    const signatures = new Signatures(
      fields,
      [
        ...(newest === null ? [] : [{ field: newest, kind: 'arc' as const }]),
        ...signed.map((field) => ({ field, kind: 'dkim' as const })),
      ],
      this.#keys,
    )
    let toSkip = bodyOffset
    return {
      write(chunk) {
        const skipped = Math.min(toSkip, chunk.length)
        toSkip -= skipped
        if (skipped < chunk.length) signatures.write(skipped === 0 ? chunk : chunk.subarray(skipped))
      },
      finish: async () => {
        const findings = await signatures.verify(this.#clock.now())
        if (chain.length === 0) return { dkim: findings, arc: 'none' }
        const dkim = newest === null ? findings : findings.slice(1)
        const { result: arc, isUnsure } = await this.#arc(
          chain,
          newest === null ? null : (findings[0] ?? null),
        )
        if (isUnsure) return { dkim, arc, isArcUnsure: true, sealers: sealersIn(chain) }
        return { dkim, arc, ...(arc === 'pass' ? { sealers: sealersIn(chain) } : {}) }
      },
    }
  }

  /** As `begin`, from the first octets of content. */
  tap(head: Uint8Array): BodyTap | null {
    const { headerBytes, bodyOffset } = splitMessage(head)
    const fields = parseHeaderFields(headerBytes)
    return fields.ok ? this.begin(fields.value, bodyOffset) : null
  }

  /**
   * Everything found; at once for unsigned mail of a domain whose policy is remembered. Never rejects: what
   * DNS could not tell is `temperror`.
   */
  judge(question: MessageQuestion, tap: BodyTap | null): AuthenticationFact | Promise<AuthenticationFact> {
    return tap === null
      ? this.#judgeWith(question, UNSIGNED)
      : tap.finish().then((found) => this.#judgeWith(question, found))
  }

  #judgeWith(
    { spf, authorDomains }: MessageQuestion,
    findings: TapFindings,
  ): AuthenticationFact | Promise<AuthenticationFact> {
    const { dkim } = findings
    const found = this.#dmarc.check({ authorDomains, ...identitiesOf(spf, dkim, PASSED) })
    const isUnsure = spf.result === 'temperror' || dkim.some(({ result }) => result === 'temperror')
    if (isUnsure) {
      const hoped = this.#dmarc.check({ authorDomains, ...identitiesOf(spf, dkim, PASSED_OR_UNSURE) })
      return Promise.all([found, hoped]).then(([sure, best]) => factOf(spf, findings, withUnsure(sure, best)))
    }
    return found instanceof Promise
      ? found.then((late) => factOf(spf, findings, late))
      : factOf(spf, findings, found)
  }

  #arc(chain: readonly HeaderField[], newest: DkimFinding | null): Promise<ArcEvaluation> {
    const resolver = resolverOf(this.#dns, this.#clock, { ms: 0 })
    const result = newest?.result
    return evaluateArc(chain, {
      newest: result === 'pass' || result === 'temperror' ? result : 'fail',
      resolver,
    })
  }
}

const PASSED = ['pass'] as const
const PASSED_OR_UNSURE = ['pass', 'temperror'] as const

/** The domains whose SPF or signature came to one of these results. */
function identitiesOf(
  spf: SpfFinding,
  dkim: readonly DkimFinding[],
  results: readonly string[],
): { readonly spfDomain: string | null; readonly dkimDomains: readonly string[] } {
  return {
    spfDomain: results.includes(spf.result) && spf.domain !== '' ? spf.domain : null,
    dkimDomains: dkim.filter(({ result }) => results.includes(result)).map(({ domain }) => domain),
  }
}

/**
 * What would pass if a look-up had not failed has not failed itself: it is `temperror`, with the policy that
 * a failure would meet (law 4).
 */
function withUnsure(sure: DmarcEvaluation, best: DmarcEvaluation): DmarcEvaluation {
  const isUnsure = sure.dmarc.result === 'fail' && best.dmarc.result !== 'fail'
  return {
    dmarc: isUnsure ? { ...sure.dmarc, result: 'temperror' } : sure.dmarc,
    spfAligned: best.spfAligned,
    dkimAligned: best.dkimAligned,
  }
}

function factOf(
  spf: SpfFinding,
  { dkim, arc, sealers, isArcUnsure }: TapFindings,
  found: DmarcEvaluation,
): AuthenticationFact {
  const fact = {
    spf: spf.result,
    spfDomain: spf.domain,
    spfAligned: found.spfAligned,
    dkim: dkim.map((one) => ({
      ...one,
      aligned: PASSED_OR_UNSURE.includes(one.result as 'pass') && found.dkimAligned.has(one.domain),
    })),
    dmarc: found.dmarc,
    arc,
  }
  if (isArcUnsure === true) return { ...fact, isArcUnsure, sealers }
  return sealers === undefined ? fact : { ...fact, sealers }
}
