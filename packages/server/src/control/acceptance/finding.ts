// What a probe of the acceptance test is and finds, and short ways to say it.
import type { AcceptanceProbe } from '@gatepost/contract/acceptance.ts'
import type { Text } from '@gatepost/contract/sayings.ts'
import type { ProbeName } from '@gatepost/contract/sayings-acceptance.ts'
import type { AcceptanceDeps, Sight } from './gather.ts'

export type Finding = Pick<AcceptanceProbe, 'state'> & { readonly saw: Text; readonly remedy: Text | null }

/** Its title, and what a pass proves, stand under its name in `probeTexts`. */
export type Probe = Pick<AcceptanceProbe, 'group'> & {
  readonly name: ProbeName
  run(sight: Sight, deps: AcceptanceDeps): Promise<Finding>
}

export function passed(saw: Text): Finding {
  return { state: 'passed', saw, remedy: null }
}

export function failed(saw: Text, remedy: Text | null): Finding {
  return { state: 'failed', saw, remedy }
}

export function notVerified(saw: Text): Finding {
  return { state: 'not-verified', saw, remedy: null }
}

export function notAvailable(saw: Text): Finding {
  return { state: 'not-available', saw, remedy: null }
}
