// mailauth's own verdict on a whole message: what our signatures are compared with in tests (decisions 54).
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import type { MailauthResolver } from './resolver.ts'

export type OracleVerdict = {
  readonly domain: string
  readonly selector: string
  readonly result: string
  readonly reason: string
  /** l= leaves part of the body unsigned. */
  readonly isPartial: boolean
}

/** The verdict on each signature, topmost first. */
export async function oracleDkim(
  content: Uint8Array,
  options: { readonly resolver: MailauthResolver; readonly now: number },
): Promise<readonly OracleVerdict[]> {
  const found = await dkimVerify(Buffer.from(content), {
    resolver: options.resolver as never,
    strict: true,
    curTime: new Date(options.now),
  } as never)
  return (found.results as readonly MailauthResult[]).flatMap(({ signingDomain, selector, status }) => {
    if (signingDomain === undefined) return []
    return {
      domain: signingDomain.toLowerCase(),
      selector: selector ?? '',
      result: status.result,
      reason: status.comment || '',
      isPartial: (status.underSized ?? 0) > 0,
    }
  })
}

type MailauthResult = {
  readonly signingDomain?: string
  readonly selector?: string
  readonly status: { readonly result: string; readonly comment?: string; readonly underSized?: number }
}
