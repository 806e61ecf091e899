// Answers for the operator's application at Microsoft and for the consents of organisations to it.
import * as contract from '@gatepost/contract/provider-app.ts'
import { getEntraConsent, revokeEntraConsent, startEntraConsent } from '#control/directory/consent.ts'
import { getProviderApp, removeProviderApp, setProviderApp } from '#control/directory/provider-app.ts'
import { fetchJson } from '#platform/fetch-json.ts'
import { type Binding, on, scopeOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'
import { byOf } from './portfolio.ts'

export function providerAppBindings(deps: HandlerDeps): readonly Binding[] {
  const web = { ...deps, fetchJson }
  return [
    on(contract.getProviderApp, () => getProviderApp(deps)),
    on(contract.setProviderApp, (request) =>
      setProviderApp({ tenantId: null, ...byOf(request) }, request.body, deps),
    ),
    on(contract.removeProviderApp, async (request) => {
      await removeProviderApp({ tenantId: null, ...byOf(request) }, deps)
      return {}
    }),
    on(contract.getEntraConsent, (request) => getEntraConsent(scopeOf(request), deps)),
    on(contract.startEntraConsent, (request) => startEntraConsent(scopeOf(request), web)),
    on(contract.revokeEntraConsent, async (request) => {
      await revokeEntraConsent(scopeOf(request), web)
      return {}
    }),
  ]
}
