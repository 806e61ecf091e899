// Answers for signing keys, ARC, the evaluation of SPF, and auto allow.
import * as allow from '@gatepost/contract/auto-allow.ts'
import * as contract from '@gatepost/contract/signing.ts'
import type { ControlDeps } from '#control/scope.ts'
import { getAutoAllow, setAutoAllow } from '#control/sender/auto-allow.ts'
import {
  activateSigningKey,
  addSigningKeys,
  checkSigningKey,
  getSigning,
  importSigningKey,
  removeSigningKey,
  retireSigningKey,
  setArc,
  updateSigningDomain,
} from '#control/signing/signing.ts'
import { evaluateSpf } from '#control/signing/spf.ts'
import { testSigning } from '#control/signing/test-signing.ts'
import { type Binding, on, scopeOf } from '../request.ts'

export function signingBindings(deps: ControlDeps): readonly Binding[] {
  return [
    on(contract.getSigning, (request) => getSigning(scopeOf(request), deps)),
    on(contract.addSigningKeys, (request) =>
      addSigningKeys(scopeOf(request), { domain: request.params.domain, ...request.body }, deps),
    ),
    on(contract.importSigningKey, (request) =>
      importSigningKey(scopeOf(request), { domain: request.params.domain, ...request.body }, deps),
    ),
    on(contract.updateSigningDomain, (request) => {
      const input = { domain: request.params.domain, change: request.body, expected: request.ifMatch }
      return updateSigningDomain(scopeOf(request), input, deps)
    }),
    on(contract.testSigning, (request) => testSigning(scopeOf(request), request.params.domain, deps)),
    on(contract.checkSigningKey, (request) => checkSigningKey(scopeOf(request), request.params.key, deps)),
    on(contract.activateSigningKey, (request) =>
      activateSigningKey(scopeOf(request), request.params.key, deps),
    ),
    on(contract.retireSigningKey, (request) => retireSigningKey(scopeOf(request), request.params.key, deps)),
    on(contract.removeSigningKey, async (request) => {
      await removeSigningKey(scopeOf(request), request.params.key, deps)
      return {}
    }),
    on(contract.setArc, (request) =>
      setArc(scopeOf(request), { ...request.body, expected: request.ifMatch }, deps),
    ),
    on(contract.evaluateSpf, (request) => evaluateSpf(scopeOf(request), request.params.domain, deps)),
    on(allow.getAutoAllow, (request) => getAutoAllow(scopeOf(request), deps)),
    on(allow.setAutoAllow, (request) =>
      setAutoAllow(scopeOf(request), { ...request.body, expected: request.ifMatch }, deps),
    ),
  ]
}
