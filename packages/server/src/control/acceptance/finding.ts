// What a probe of the acceptance test is and finds, and short ways to say it.
import type { AcceptanceProbe } from '@gatepost/contract/acceptance.ts'
import type { AcceptanceDeps, Sight } from './gather.ts'

export type Finding = Pick<AcceptanceProbe, 'state' | 'saw' | 'remedy'>

export type Probe = Pick<AcceptanceProbe, 'name' | 'title' | 'group' | 'proves'> & {
  run(sight: Sight, deps: AcceptanceDeps): Promise<Finding>
}

export function passed(saw: string): Finding {
  return { state: 'passed', saw, remedy: null }
}

export function failed(saw: string, remedy: string | null): Finding {
  return { state: 'failed', saw, remedy }
}

export function notVerified(saw: string): Finding {
  return { state: 'not-verified', saw, remedy: null }
}

export function notAvailable(saw: string): Finding {
  return { state: 'not-available', saw, remedy: null }
}
