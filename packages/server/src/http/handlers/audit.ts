// Answers for the audit log, of an organisation and of the installation.
import * as contract from '@gatepost/contract/audit.ts'
import { auditWords, exportAudit, listAudit } from '#control/audit/read.ts'
import { type Binding, on, scopeOf, signedInOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function auditBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.listAudit, (request) => listAudit(scopeOf(request), request.query, deps)),
    on(contract.exportAudit, (request) => exportAudit(scopeOf(request), request.query, deps)),
    on(contract.getAuditWords, (request) => auditWords(scopeOf(request).tenantId, deps)),
    on(contract.listSystemAudit, (request) => listAudit({ tenantId: null }, request.query, deps)),
    on(contract.exportSystemAudit, (request) => {
      const { id, name } = signedInOf(request).person
      const actor = { kind: 'person', id, name } as const
      return exportAudit({ tenantId: null, actor, from: request.clientAddress }, request.query, deps)
    }),
  ]
}
