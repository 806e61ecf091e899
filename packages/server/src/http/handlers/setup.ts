// Answers for the first start: the set-up link, the proposed environment, and the first administrator.
import * as contract from '@gatepost/contract/setup.ts'
import { proposeEnvironment } from '#control/environment/environment.ts'
import { checkSetupLink, completeSetup, getSetup } from '#control/setup/setup.ts'
import { type Binding, on } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function setupBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.getSetup, () => getSetup(deps)),
    on(contract.checkSetupLink, ({ body }) => checkSetupLink(body.token, deps)),
    on(contract.proposeEnvironment, async ({ body }) => {
      // Only who holds the link may make us look up names.
      await checkSetupLink(body.token, deps)
      return proposeEnvironment(body.domain, deps)
    }),
    on(contract.completeSetup, async ({ body, clientAddress, userAgent, setSession }) => {
      const done = await completeSetup(body, { from: clientAddress, userAgent }, deps)
      setSession(done.secret)
      return { tenantId: done.tenantId, slug: done.slug }
    }),
  ]
}
