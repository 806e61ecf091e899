// Answers for alerts, of an organisation and of the installation.
import * as contract from '@gatepost/contract/alert.ts'
import { getChannel, renewSecret, setChannel, testChannel } from '#control/alert/channel.ts'
import { acknowledgeAlert, getAlert, listAlerts, muteAlert } from '#control/alert/desk.ts'
import type { AuditScope } from '#control/audit/audit.ts'
import { type ApiRequest, type Binding, on, scopeOf, signedInOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function alertBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.listAlerts, (request) => listAlerts(scopeOf(request), request.query, deps)),
    on(contract.getAlert, (request) => getAlert(scopeOf(request), request.params.alert, deps)),
    on(contract.acknowledgeAlert, (request) =>
      acknowledgeAlert(scopeOf(request), request.params.alert, deps),
    ),
    on(contract.muteAlert, (request) => {
      const { hours } = request.body
      return muteAlert(scopeOf(request), { id: request.params.alert, hours }, deps)
    }),
    on(contract.getAlertChannel, (request) => getChannel(scopeOf(request), deps)),
    on(contract.setAlertChannel, (request) => setChannel(scopeOf(request), request.body, deps)),
    on(contract.renewAlertSecret, (request) => renewSecret(scopeOf(request), deps)),
    on(contract.testAlertChannel, (request) => testChannel(scopeOf(request), deps)),
    on(contract.listSystemAlerts, ({ query }) =>
      listAlerts({ tenantId: null }, { ...query, everybody: query.of === 'everybody' }, deps),
    ),
    on(contract.getSystemAlert, (request) => getAlert(ofSystem(request), request.params.alert, deps)),
    on(contract.acknowledgeSystemAlert, (request) =>
      acknowledgeAlert(ofSystem(request), request.params.alert, deps),
    ),
    on(contract.muteSystemAlert, (request) => {
      const { hours } = request.body
      return muteAlert(ofSystem(request), { id: request.params.alert, hours }, deps)
    }),
    on(contract.getSystemAlertChannel, (request) => getChannel(ofSystem(request), deps)),
    on(contract.setSystemAlertChannel, (request) => setChannel(ofSystem(request), request.body, deps)),
    on(contract.renewSystemAlertSecret, (request) => renewSecret(ofSystem(request), deps)),
    on(contract.testSystemAlertChannel, (request) => testChannel(ofSystem(request), deps)),
  ]
}

function ofSystem(request: Pick<ApiRequest<never>, 'signedIn' | 'clientAddress'>): AuditScope {
  const { person } = signedInOf(request)
  const actor = { kind: 'person', id: person.id, name: person.name } as const
  return { tenantId: null, actor, from: request.clientAddress }
}
