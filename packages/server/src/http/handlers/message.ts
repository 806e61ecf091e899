// Answers for the message centre: the list, why, the counts, and trying again now.
import * as contract from '@gatepost/contract/message.ts'
import { askAnyMessage } from '#control/tracking/ask.ts'
import { type Binding, on, scopeOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function messageBindings(deps: HandlerDeps): readonly Binding[] {
  const { tracking, link } = deps
  return [
    on(contract.listMessages, (request) => tracking.listMessages(scopeOf(request), request.query)),
    on(contract.exportMessages, (request) => tracking.exportMessages(scopeOf(request), request.query)),
    on(contract.getMessage, (request) => tracking.getMessage(scopeOf(request), request.params.message)),
    on(contract.retryMessage, (request) =>
      tracking.retryMessage(scopeOf(request), request.params.message, link),
    ),
    on(contract.getMessageCounts, (request) => tracking.getMessageCounts(scopeOf(request))),
    on(contract.askMessage, (request) => askAnyMessage(scopeOf(request), request.body, deps)),
    on(contract.getMessageReasons, (request) => tracking.getMessageReasons(scopeOf(request))),
  ]
}
