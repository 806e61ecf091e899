// The order of evaluation, one list per stage (decisions 7): documented, never configurable.
import { antiSpoofing } from './anti-spoofing.ts'
import { antiSpoofingHeader } from './anti-spoofing-header.ts'
import { authentication } from './authentication.ts'
import { authorRelay } from './author-relay.ts'
import { greylisting, greylistingOfBounces } from './greylisting.ts'
import { hops } from './hops.ts'
import type { Policy } from './policy.ts'
import { recipientValidation } from './recipient-validation.ts'
import { relay } from './relay.ts'

/** Asked for each recipient: relay → recipient validation. Later parts insert between and after. */
export const rcptPolicies = [relay, recipientValidation, antiSpoofing, greylisting] as readonly Policy[]

/** Asked once the content is here: hops and loops → authentication → author of null-reverse-path relays. */
export const messagePolicies = [
  hops,
  authentication,
  authorRelay,
  antiSpoofingHeader,
  greylistingOfBounces,
] as readonly Policy[]
