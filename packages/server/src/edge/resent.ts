// What a customer's host passes on for outside authors: their signatures and seals are checked as it comes
// by, so that our own seal can vouch for them (RFC 8617 §5.1). SPF and DMARC speak of the host before: not
// asked here.
import { authenticationResults } from '@gatepost/mail/trace-fields.ts'
import type { TapFindings } from '#authentication/authenticator.ts'
import type { Verdict } from '#policy/policy.ts'
import { type ContentToJudge, readThrough } from './look-ups.ts'
import { arcResult, dkimResults } from './results-field.ts'
import type { Session } from './session.ts'

const UNSIGNED: TapFindings = { dkim: [], arc: 'none' }

/** An Authentication-Results field; '' for mail that is the organisation's own. Never rejects. */
export async function resentResults(
  { edge }: Session,
  verdicts: readonly Verdict[],
  { header, head, sink }: ContentToJudge,
): Promise<string> {
  const isResent = verdicts.some(({ explanation }) =>
    explanation.some(({ policy, because }) => policy === 'author-relay' && because === 'forwarded-by-host'),
  )
  if (!isResent) return ''
  const begun = () => edge.authenticator.begin(header.fields, head.bodyOffset)
  const tap = sink.tap() ?? readThrough(begun(), sink)
  const { dkim, arc } = tap === null ? UNSIGNED : await tap.finish()
  const results = [...dkimResults(dkim), ...arcResult(arc)]
  return authenticationResults({ authservId: edge.hostname, results })
}
