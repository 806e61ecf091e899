// Answers about collections of contacts and their tool.

import type { ContactProgramName } from '@gatepost/contract/contacts.ts'
import * as contract from '@gatepost/contract/contacts.ts'
import { type ProgramShelf, takeProgram } from '#control/agent/programs.ts'
import {
  exportPairs,
  getRun,
  listPairs,
  listRuns,
  previewPairs,
  removeRun,
  resumeRun,
  startRun,
  stopRun,
  tickPairs,
} from '#control/contacts/contacts.ts'
import type { ContactDeps } from '#control/contacts/deps.ts'
import type { ContactRunner } from '#control/contacts/runner.ts'
import { type Binding, on, scopeOf } from '../request.ts'

export type ContactHandlerDeps = ContactDeps & {
  readonly contacts: ContactRunner
  readonly contactPrograms: ProgramShelf<ContactProgramName>
  readonly agentVersion: string
}

export function contactBindings(deps: ContactHandlerDeps): readonly Binding[] {
  return [
    on(contract.listContactRuns, async (request) => ({
      ...(await listRuns(scopeOf(request), deps)),
      version: deps.agentVersion,
      programs: await deps.contactPrograms.list(),
    })),
    on(contract.startContacts, (request) => startRun(scopeOf(request), request.body, deps)),
    on(contract.getContactRun, (request) => getRun(scopeOf(request), request.params.contactRun, deps)),
    on(contract.stopContacts, (request) => stopRun(scopeOf(request), request.params.contactRun, deps)),
    on(contract.resumeContacts, (request) => {
      const input = { id: request.params.contactRun, secret: request.body.secret }
      return resumeRun(scopeOf(request), input, deps)
    }),
    on(contract.removeContactRun, async (request) => {
      await removeRun(scopeOf(request), request.params.contactRun, deps)
      return {}
    }),
    on(contract.listContacts, (request) =>
      listPairs(scopeOf(request), { ...request.query, id: request.params.contactRun }, deps),
    ),
    on(contract.tickContacts, (request) =>
      tickPairs(scopeOf(request), { ...request.body, id: request.params.contactRun }, deps),
    ),
    on(contract.exportContacts, (request) =>
      exportPairs(scopeOf(request), { ...request.query, id: request.params.contactRun }, deps),
    ),
    on(contract.importContacts, async (request) => {
      const items = await previewPairs(
        scopeOf(request),
        { ...request.body, id: request.params.contactRun },
        deps,
      )
      return { items: [...items] }
    }),
    on(contract.downloadContactsTool, ({ params }) =>
      takeProgram(params.program, { programs: deps.contactPrograms }),
    ),
  ]
}
