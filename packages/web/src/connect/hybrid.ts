// Where the two halves of a hybrid stand in the way of mail (C0), as the delivery route and the shared clouds
// say it: nothing of it is asked twice.
import type { Cloud } from '@gatepost/contract/outbound.ts'
import type { Route } from '@gatepost/contract/route.ts'

export type HybridPath = {
  /** The half that Gatepost delivers to; null while there is no route. */
  readonly entry: 'cloud' | 'premises' | null
  /** Mail of both halves leaves through the Exchange server (RouteAllMessagesViaOnPremises). */
  readonly isCentral: boolean
}

/** Old and new names that Exchange Online gives to domains. */
const EXCHANGE_ONLINE = /\.(mail\.protection\.outlook\.com|mx\.microsoft)$/i

export function hybridPathOf(
  routes: readonly Pick<Route, 'host' | 'defaultFor'>[],
  clouds: readonly Pick<Cloud, 'provider' | 'enabled'>[],
): HybridPath {
  const route = routes.find(({ defaultFor }) => defaultFor === 'inbound')
  const sendsItself = clouds.some(({ provider, enabled }) => provider === 'microsoft-365' && enabled)
  const entry = route === undefined ? null : EXCHANGE_ONLINE.test(route.host) ? 'cloud' : 'premises'
  return { entry, isCentral: !sendsItself }
}
