// Answers for API tokens, of an organisation and of the installation.
import type { Permission } from '@gatepost/contract/permission.ts'
import * as contract from '@gatepost/contract/token.ts'
import { createToken, listTokens, revokeToken, type TokenScope } from '#control/token/token.ts'
import { type ApiRequest, type Binding, heldHere, on, scopeOf, signedInOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

type Asked = Pick<ApiRequest<never>, 'scope' | 'signedIn' | 'clientAddress'>

export function tokenBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.listTokens, (request) => listTokens(ofTenant(request), deps)),
    on(contract.createToken, (request) => createToken(ofTenant(request), request.body, deps)),
    on(contract.revokeToken, async (request) => {
      await revokeToken(ofTenant(request), request.params.token, deps)
      return {}
    }),
    on(contract.listSystemTokens, (request) => listTokens(ofSystem(request), deps)),
    on(contract.createSystemToken, (request) => createToken(ofSystem(request), request.body, deps)),
    on(contract.revokeSystemToken, async (request) => {
      await revokeToken(ofSystem(request), request.params.token, deps)
      return {}
    }),
  ]
}

function ofTenant(request: Asked): TokenScope {
  return { ...scopeOf(request), held: heldHere(request) }
}

const SYSTEM: readonly Permission[] = ['system:read', 'system:write']

function ofSystem(request: Asked): TokenScope {
  const { person, token } = signedInOf(request)
  const actor = { kind: 'person', id: person.id, name: person.name } as const
  return { tenantId: null, actor, from: request.clientAddress, held: token?.permissions ?? SYSTEM }
}
