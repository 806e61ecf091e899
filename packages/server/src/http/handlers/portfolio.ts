// Answers for operators of many organisations: the list with progress, templates, adding one, usage.
import * as contract from '@gatepost/contract/portfolio.ts'
import * as template from '@gatepost/contract/template.ts'
import { proposeEnvironment } from '#control/environment/environment.ts'
import { addOrganization } from '#control/portfolio/add.ts'
import { getPortfolio } from '#control/portfolio/portfolio.ts'
import { exportUsage, getUsage } from '#control/portfolio/usage.ts'
import { applyTemplate, type BulkAsker, previewTemplate } from '#control/template/apply.ts'
import {
  copyTemplate,
  createTemplate,
  getInheritance,
  listTemplates,
  type ReaderScope,
  removeTemplate,
  updateTemplate,
} from '#control/template/template.ts'
import {
  type ApiRequest,
  type Binding,
  heldHere,
  on,
  type SignedIn,
  scopeOf,
  signedInOf,
} from '../request.ts'
import type { HandlerDeps } from './deps.ts'

type Request = { readonly signedIn: SignedIn | null; readonly clientAddress: string }

export function portfolioBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.getPortfolio, (request) => getPortfolio(signedInOf(request), request.query, deps)),
    on(contract.proposeForDomain, ({ query }) => proposeEnvironment(query.domain, deps)),
    on(contract.addOrganization, (request) => addOrganization(byOf(request), request.body, deps)),
    on(contract.getUsage, ({ query }) => getUsage(query.month, deps)),
    on(contract.exportUsage, async ({ query }) => exportUsage(query.month, deps)),
    on(template.listTemplates, () => listTemplates(deps)),
    on(template.createTemplate, (request) => createTemplate(byOf(request), request.body, deps)),
    on(template.copyTemplate, (request) => copyTemplate(readerOf(request), deps)),
    on(template.updateTemplate, (request) => {
      const input = { id: request.params.template, draft: request.body, expected: request.ifMatch }
      return updateTemplate(byOf(request), input, deps)
    }),
    on(template.removeTemplate, async (request) => {
      await removeTemplate(byOf(request), request.params.template, deps)
      return {}
    }),
    on(template.previewTemplate, (request) => {
      const bulk = { template: request.params.template, ...request.body }
      return previewTemplate(askerOf(request), bulk, deps)
    }),
    on(template.applyTemplate, (request) => {
      const bulk = { template: request.params.template, ...request.body }
      return applyTemplate(askerOf(request), bulk, deps)
    }),
    on(template.getInheritance, (request) => getInheritance(readerOf(request), deps)),
  ]
}

/** Of a token, whoever made it: somebody has to administer what is added. */
export function byOf(request: Request) {
  const { person, token } = signedInOf(request)
  const actor = { kind: 'person', id: token?.madeBy ?? person.id, name: person.name } as const
  return { actor, from: request.clientAddress }
}

function readerOf(request: Pick<ApiRequest<never>, 'scope' | 'signedIn'>): ReaderScope {
  return { ...scopeOf(request), held: heldHere(request) }
}

function askerOf(request: Request): BulkAsker {
  return { ...byOf(request), tenants: signedInOf(request).tenants }
}
