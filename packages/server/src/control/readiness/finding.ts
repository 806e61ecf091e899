// What every readiness check gets to look at, and what it hands back.
import type { Check } from '@gatepost/contract/common.ts'
import type { Readiness } from '@gatepost/contract/system.ts'
import type { BootConfig } from '#boot/config-types.ts'
import type { Clock } from '#platform/clock.ts'
import type { Dns } from '#platform/dns-types.ts'
import type { Machine } from '#platform/machine.ts'
import type { Addresses } from './addresses.ts'

/** A check without its times. */
export type Finding = Pick<Check, 'name' | 'title' | 'state' | 'saw' | 'remedy'>

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

export const passed = (saw: string) => ({ state: 'passed', saw, remedy: null }) as const
export const failed = (saw: string, remedy: string) => ({ state: 'failed', saw, remedy }) as const
export const warning = (saw: string, remedy: string) => ({ state: 'warning', saw, remedy }) as const
export const notVerified = (saw: string, remedy: string | null) =>
  ({ state: 'not-verified', saw, remedy }) as const
