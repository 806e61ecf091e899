// What every readiness check gets to look at, and what it hands back.
import type { Check } from '@gatepost/contract/common.ts'
import { english, type Text } from '@gatepost/contract/sayings.ts'
import type { Readiness } from '@gatepost/contract/system.ts'
import type { BootConfig } from '#boot/config-types.ts'
import type { Clock } from '#platform/clock.ts'
import type { Dns } from '#platform/dns-types.ts'
import type { Machine } from '#platform/machine.ts'
import { saidOfCheck } from '../connect/check.ts'
import type { Addresses } from './addresses.ts'

/** A check without its times. */
export type Finding = Pick<Check, 'name' | 'title' | 'state' | 'saw' | 'remedy' | 'said'>

export type Listener = Readiness['listeners'][number]

export type Sight = {
  readonly config: BootConfig
  readonly clock: Clock
  readonly dns: Dns
  readonly machine: Machine
  /** Real ports. */
  readonly listening: readonly Listener[]
  /** PEM text of the certificate in use, or null when there is none. */
  readonly certificate: () => string | null
  /** The addresses our host name leads to. */
  readonly addresses: Addresses
}

export type Look = {
  readonly name: string
  readonly title: string
  look(sight: Sight): Promise<Omit<Finding, 'name' | 'title'>>
}

export const passed = (saw: Text) => found('passed', saw, null)
export const failed = (saw: Text, remedy: Text) => found('failed', saw, remedy)
export const warning = (saw: Text, remedy: Text) => found('warning', saw, remedy)
export const notVerified = (saw: Text, remedy: Text | null) => found('not-verified', saw, remedy)
export const notRequired = (saw: Text, remedy: Text) => found('not-required', saw, remedy)

function found<State extends Check['state']>(state: State, saw: Text, remedy: Text | null) {
  const texts = { saw: english(saw), remedy: remedy === null ? null : english(remedy) }
  return { state, ...texts, ...saidOfCheck({ saw, remedy }) }
}
