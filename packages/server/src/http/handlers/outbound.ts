// Answers for outbound mail: logins, shared clouds, forwarding addresses, senders that were slowed down.
import * as forwarding from '@gatepost/contract/forwarding.ts'
import * as contract from '@gatepost/contract/outbound.ts'
import { listClouds, makeCloudSecret, proveCloud, setCloud } from '#control/outbound/clouds.ts'
import {
  addCredential,
  listCredentials,
  removeCredential,
  renewCredential,
} from '#control/outbound/credentials.ts'
import {
  addForwarding,
  listForwardings,
  removeForwarding,
  updateForwarding,
} from '#control/outbound/forwarding.ts'
import { testForwarding } from '#control/outbound/forwarding-test.ts'
import { listSenderWarnings, releaseSender, setSenderLimit } from '#control/outbound/warnings.ts'
import type { ControlDeps } from '#control/scope.ts'
import { fetchJson } from '#platform/fetch-json.ts'
import { type Binding, on, scopeOf } from '../request.ts'

export function outboundBindings(deps: ControlDeps): readonly Binding[] {
  const web = { ...deps, fetchJson }
  return [
    on(contract.listCredentials, (request) => listCredentials(scopeOf(request), deps)),
    on(contract.addCredential, (request) => addCredential(scopeOf(request), request.body, deps)),
    on(contract.renewCredential, (request) =>
      renewCredential(scopeOf(request), request.params.credential, deps),
    ),
    on(contract.removeCredential, async (request) => {
      await removeCredential(scopeOf(request), request.params.credential, deps)
      return {}
    }),
    on(contract.listClouds, (request) => listClouds(scopeOf(request), deps)),
    on(contract.setCloud, (request) => {
      const { provider } = request.params
      return setCloud(scopeOf(request), { provider, enabled: request.body.enabled }, web)
    }),
    on(contract.proveCloud, (request) => proveCloud(scopeOf(request), request.params.provider, web)),
    on(contract.makeCloudSecret, (request) =>
      makeCloudSecret(scopeOf(request), request.params.provider, web),
    ),
    on(contract.listSenderWarnings, (request) => listSenderWarnings(scopeOf(request), deps)),
    on(contract.releaseSender, (request) => releaseSender(scopeOf(request), request.params.warning, deps)),
    on(contract.setSenderLimit, (request) =>
      setSenderLimit(scopeOf(request), request.body.hourlyRecipients, deps),
    ),
    on(forwarding.listForwardings, (request) => listForwardings(scopeOf(request), request.query, deps)),
    on(forwarding.addForwarding, (request) => addForwarding(scopeOf(request), request.body, deps)),
    on(forwarding.updateForwarding, (request) =>
      updateForwarding(scopeOf(request), request.params.forwarding, request.body, deps),
    ),
    on(forwarding.removeForwarding, async (request) => {
      await removeForwarding(scopeOf(request), request.params.forwarding, deps)
      return {}
    }),
    on(forwarding.testForwarding, (request) => testForwarding(scopeOf(request), request.body, deps)),
  ]
}
