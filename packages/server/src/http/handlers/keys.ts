// Answers for the master key: its state, its rotation, and the end of older keys.
import * as contract from '@gatepost/contract/keys.ts'
import { type ApiRequest, type Binding, on, signedInOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function keyBindings({ keys }: Pick<HandlerDeps, 'keys'>): readonly Binding[] {
  return [
    on(contract.getKeys, () => keys.status()),
    on(contract.rotateKeys, (request) => keys.start(byOf(request), request.body)),
    on(contract.dropKeys, (request) => keys.drop(byOf(request))),
  ]
}

function byOf(request: Pick<ApiRequest<never>, 'signedIn' | 'clientAddress'>) {
  const { id, name } = signedInOf(request).person
  return { actor: { kind: 'person', id, name } as const, from: request.clientAddress }
}
