// Answers for delivery routes, authorised outbound addresses, and the address a reader is seen with.
import * as contract from '@gatepost/contract/route.ts'
import {
  authorizeOutbound,
  getOutbound,
  type OutboundDeps,
  revokeOutbound,
} from '#control/outbound/outbound.ts'
import { confirmArrival, startRouteTest } from '#control/route/probe.ts'
import { addRoute, listRoutes, removeRoute, updateRoute } from '#control/route/route.ts'
import type { ControlDeps } from '#control/scope.ts'
import { type Binding, on, scopeOf } from '../request.ts'

export function routeBindings(deps: ControlDeps & OutboundDeps): readonly Binding[] {
  return [
    on(contract.listRoutes, (request) => listRoutes(scopeOf(request), deps)),
    on(contract.addRoute, (request) => addRoute(scopeOf(request), request.body, deps)),
    on(contract.updateRoute, (request) => {
      const input = { id: request.params.route, change: request.body, expected: request.ifMatch }
      return updateRoute(scopeOf(request), input, deps)
    }),
    on(contract.removeRoute, async (request) => {
      await removeRoute(scopeOf(request), request.params.route, deps)
      return {}
    }),
    on(contract.testRoute, async (request) => {
      const input = { id: request.params.route, recipient: request.body.recipient }
      // The test goes on by itself; the page asks again until its results are there.
      return (await startRouteTest(scopeOf(request), input, deps)).route
    }),
    on(contract.confirmArrival, (request) =>
      confirmArrival(scopeOf(request), { id: request.params.route, eml: request.body.eml }, deps),
    ),
    ...outboundBindings(deps),
  ]
}

function outboundBindings(deps: OutboundDeps): readonly Binding[] {
  return [
    on(contract.getOutbound, (request) => getOutbound(scopeOf(request), deps)),
    on(contract.authorizeOutbound, (request) => {
      const mayNetwork = request.signedIn?.person.operator === true
      return authorizeOutbound(scopeOf(request), { ...request.body, mayNetwork }, deps)
    }),
    on(contract.revokeOutbound, async (request) => {
      await revokeOutbound(scopeOf(request), request.params.address, deps)
      return {}
    }),
    on(contract.whatIsMyAddress, async ({ clientAddress }) => ({ address: clientAddress })),
  ]
}
