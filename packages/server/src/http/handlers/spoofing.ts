// Answers for forgery, trusted services and recipients that are not listed.
import * as recipient from '@gatepost/contract/recipient.ts'
import * as service from '@gatepost/contract/service.ts'
import * as spoofing from '@gatepost/contract/spoofing.ts'
import { addUnlisted, dismissUnlisted, listUnlisted, previewRecipients } from '#control/recipient/review.ts'
import { addService, listServices, proposeService, removeService } from '#control/service/service.ts'
import { lookAtSpf } from '#control/spoofing/spf-look.ts'
import { dismissSource, exemptSource, getSpoofing, setSpoofing } from '#control/spoofing/spoofing.ts'
import { type Binding, on, scopeOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function spoofingBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(spoofing.getSpoofing, (request) => getSpoofing(scopeOf(request), request.query, deps)),
    on(spoofing.setSpoofing, (request) => {
      return setSpoofing(scopeOf(request), { domain: request.params.domain, ...request.body }, deps)
    }),
    on(spoofing.exemptSpoofSource, (request) => exemptSource(scopeOf(request), request.body, deps)),
    on(spoofing.dismissSpoofSource, async (request) => {
      await dismissSource(scopeOf(request), request.body, deps)
      return {}
    }),
    on(spoofing.lookAtSpf, (request) => lookAtSpf(request.params.name, deps)),
    on(service.listServices, (request) => listServices(scopeOf(request), deps)),
    on(service.proposeService, async (request) => {
      const scope = scopeOf(request)
      const message = await deps.tracking.getMessage(scope, request.query.message)
      return proposeService(scope, message, deps)
    }),
    on(service.addService, (request) => addService(scopeOf(request), request.body, deps)),
    on(service.removeService, async (request) => {
      await removeService(scopeOf(request), request.params.service, deps)
      return {}
    }),
    on(recipient.listUnlistedRecipients, (request) => {
      return listUnlisted(scopeOf(request), { domain: request.params.domain, ...request.query }, deps)
    }),
    on(recipient.addUnlistedRecipients, (request) => {
      return addUnlisted(scopeOf(request), { domain: request.params.domain, ...request.body }, deps)
    }),
    on(recipient.dismissUnlistedRecipients, (request) => {
      return dismissUnlisted(scopeOf(request), { domain: request.params.domain, ...request.body }, deps)
    }),
    on(recipient.getRecipientPreview, (request) => {
      return previewRecipients(scopeOf(request), request.params.domain, deps)
    }),
  ]
}
