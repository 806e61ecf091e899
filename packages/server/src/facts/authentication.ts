// Authentication as facts: what SPF and a whole message's check found, or that mail of ours is not judged.
import type { Authenticator, BodyTap, MessageQuestion } from '#authentication/authenticator.ts'
import type { SpfQuery } from '#authentication/results.ts'
import { type Fact, type Facts, known } from '#policy/facts.ts'

export type SpfFact = Fact<Facts['spf']>
export type AuthenticationFactOf = Fact<Facts['authentication']>

/** The result of SPF. Never rejects: DNS trouble is the result `temperror`. */
export function spfFact(authenticator: Authenticator, query: SpfQuery): SpfFact | Promise<SpfFact> {
  const found = authenticator.spf.check(query)
  return found instanceof Promise ? found.then(known) : known(found)
}

/** Everything found for a message whose content is here. Never rejects. */
export function authenticationFact(
  authenticator: Authenticator,
  question: MessageQuestion,
  body: BodyTap | null,
): AuthenticationFactOf | Promise<AuthenticationFactOf> {
  const found = authenticator.judge(question, body)
  return found instanceof Promise ? found.then(known) : known(found)
}

/** Outbound mail is the tenant's own: nothing is looked up for it. */
export const NOT_JUDGED_SPF: SpfFact = known({ result: 'none', domain: '', explanation: null })

/** As `NOT_JUDGED_SPF`, for the whole message. */
export const NOT_JUDGED: AuthenticationFactOf = known({
  spf: 'none',
  spfDomain: '',
  spfAligned: false,
  dkim: [],
  dmarc: { result: 'none', policy: null, domain: null },
  arc: 'none',
})
