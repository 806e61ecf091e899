// Answers for missing mail: where it is, and word when it comes.
import * as contract from '@gatepost/contract/where.ts'
import { addMailWatch, listMailWatches, removeMailWatch } from '#control/where/watch.ts'
import { whereIsMail } from '#control/where/where.ts'
import { type Binding, on, scopeOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function whereBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.askWhere, (request) => whereIsMail(scopeOf(request), request.body, deps)),
    on(contract.listWatches, (request) => listMailWatches(scopeOf(request), deps)),
    on(contract.addWatch, (request) => addMailWatch(scopeOf(request), request.body, deps)),
    on(contract.removeWatch, (request) => removeMailWatch(scopeOf(request), request.params.watch, deps)),
  ]
}
