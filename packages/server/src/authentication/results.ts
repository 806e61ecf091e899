// What authentication of mail finds, in the words of RFC 8601: plain values, which facts wrap.
import type { AuthenticationFact, DkimSignature, Facts, SpfResult } from '#policy/facts.ts'

export type SpfFinding = Facts['spf']
export type DkimFinding = Omit<DkimSignature, 'aligned'>
export type DmarcFinding = AuthenticationFact['dmarc']
export type ArcFinding = AuthenticationFact['arc']
export type { AuthenticationFact, SpfResult }

/** Who hands the message over, as SPF sees it (RFC 7208 §2). */
export type SpfQuery = {
  readonly clientIp: string
  readonly helo: string
  /** Null is the null reverse-path: the HELO identity is checked instead. */
  readonly reversePath: { readonly localPart: string; readonly domain: string } | null
}
