// Answers for the search and for reports.
import * as report from '@gatepost/contract/report.ts'
import * as contract from '@gatepost/contract/search.ts'
import { reportCsv } from '#control/report/csv.ts'
import { readReport, readSystemReport } from '#control/report/report.ts'
import { searchTenant } from '#control/search/search.ts'
import { type Binding, heldHere, on, scopeOf, signedInOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

export function searchBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.searchTenant, (request) =>
      searchTenant(scopeOf(request), { q: request.query.q, held: heldHere(request) }, deps),
    ),
    on(report.getReport, (request) => readReport(scopeOf(request), request.query.range, deps)),
    on(report.exportReport, async (request) =>
      reportCsv(await readReport(scopeOf(request), request.query.range, deps)),
    ),
    on(report.getSystemReport, (request) => {
      const seen = signedInOf(request).tenants.filter(({ permissions }) =>
        permissions.includes('messages:read'),
      )
      const tenants = seen.map(({ id }) => id)
      return readSystemReport(tenants, request.query.range, deps)
    }),
  ]
}
