// Answers for share links: those of an organisation, and what one shows to whoever holds it.
import * as contract from '@gatepost/contract/share.ts'
import { createShare, listShares, removeShare } from '#control/share/share.ts'
import { viewShare } from '#control/share/view.ts'
import { type Binding, on, scopeOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function shareBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.listShares, (request) => listShares(scopeOf(request), deps)),
    on(contract.createShare, (request) => createShare(scopeOf(request), request.body, deps)),
    on(contract.removeShare, async (request) => {
      await removeShare(scopeOf(request), request.params.share, deps)
      return {}
    }),
    on(contract.viewShare, ({ body, clientAddress }) => viewShare(body.token, clientAddress, deps)),
  ]
}
