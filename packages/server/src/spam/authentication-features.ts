// Features of authentication results: who vouches for the author. No result is no feature, as without DNS
// there is none to be had.
import type { Note } from './note.ts'
import type { MessageView } from './view.ts'

/** Notes what SPF, DKIM and DMARC found (RFC 8601 results). */
export function authenticationFeatures({ input }: MessageView, note: Note): void {
  const found = input.authentication
  if (found === null) return
  const { spf, dkim, dmarc, spfDomain } = found
  if (dmarc.result === 'fail') note('dmarc-fails', dmarc.domain ?? '')
  if (dmarc.result === 'pass') note('dmarc-passes', dmarc.domain ?? '')
  if (spf === 'fail') note('spf-fails', spfDomain)
  if (spf === 'softfail') note('spf-soft-fails', spfDomain)
  if (spf === 'none' && dkim.length === 0) note('nothing-vouches', spfDomain)
  const failed = dkim.find(({ result }) => result === 'fail')
  if (failed !== undefined && !dkim.some(({ result }) => result === 'pass')) note('dkim-fails', failed.domain)
}
