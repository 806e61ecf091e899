// Authentication: what SPF, DKIM and DMARC found, and what the tenant's rule makes of it (F2).
import type { AuthenticationFact } from './facts.ts'
import { definePolicy } from './policy.ts'

export const authentication = definePolicy({
  name: 'authentication',
  stage: 'message',
  needs: ['authentication'],
  whenBlind: () => 'continue', // A DNS time-out never refuses for good (law 4).
  judge({ direction }, facts) {
    if (direction === 'outbound') {
      return { kind: 'continue', because: 'outbound-not-authenticated', saw: '' }
    }
    return { kind: 'continue', because: 'authentication-evaluated', saw: sawOf(facts.authentication) }
  },
})

/** The results in one line, as Authentication-Results names them. */
function sawOf({ spf, spfDomain, dkim, dmarc, arc }: AuthenticationFact): string {
  const parts = [
    `spf=${spf} (${spfDomain})`,
    ...dkim.map(({ result, domain }) => `dkim=${result} (${domain})`),
    `dmarc=${dmarc.result}${dmarc.domain === null ? '' : ` (${dmarc.domain})`}`,
  ]
  if (arc !== 'none') parts.push(`arc=${arc}`)
  return parts.join(', ')
}
