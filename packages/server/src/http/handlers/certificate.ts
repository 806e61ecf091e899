// Answers for the installation's certificates.
import * as contract from '@gatepost/contract/certificate.ts'
import { listCertificates, renewCertificate } from '#control/certificate/list.ts'
import { type Binding, on } from '../request.ts'
import type { HandlerDeps } from './deps.ts'
import { byOf } from './portfolio.ts'

export function certificateBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.listCertificates, () => listCertificates(deps)),
    on(contract.renewCertificate, (request) =>
      renewCertificate({ tenantId: null, ...byOf(request) }, request.params.name, deps),
    ),
  ]
}
