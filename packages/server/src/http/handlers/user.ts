// Answers for users and their imports from lists.
import * as contract from '@gatepost/contract/user.ts'
import * as lists from '@gatepost/contract/user-import.ts'
import type { AuthDeps } from '#control/auth/auth.ts'
import type { ControlDeps } from '#control/scope.ts'
import { changeUsers, undoUsersChange } from '#control/user/bulk.ts'
import { exportUsers } from '#control/user/export.ts'
import {
  commitImport,
  getImport,
  type ImportScope,
  listImports,
  mapImport,
  previewImport,
  takeBackImport,
} from '#control/user/import.ts'
import { ImportJobs } from '#control/user/import-jobs.ts'
import { addUser, listUsers, removeUser, updateUser } from '#control/user/user.ts'
import { getUser } from '#control/user/user-detail.ts'
import { type Binding, heldHere, on, scopeOf } from '../request.ts'

export type UserHandlerDeps = ControlDeps & Pick<AuthDeps, 'passwords'>

export function userBindings(deps: UserHandlerDeps): readonly Binding[] {
  return [
    on(contract.listUsers, (request) => listUsers(scopeOf(request), request.query, deps)),
    on(contract.addUser, (request) => addUser(scopeOf(request), request.body, deps)),
    on(contract.getUser, (request) => getUser(scopeOf(request), request.params.user, deps)),
    on(contract.updateUser, (request) => {
      const input = { user: request.params.user, change: request.body, expected: request.ifMatch }
      return updateUser(scopeOf(request), input, deps)
    }),
    on(contract.removeUser, async (request) => {
      await removeUser(scopeOf(request), request.params.user, deps)
      return {}
    }),
    on(contract.changeUsers, (request) => changeUsers(scopeOf(request), request.body, deps)),
    on(contract.undoUsersChange, (request) => undoUsersChange(scopeOf(request), request.params.bulk, deps)),
    on(contract.exportUsers, async (request) => exportUsers(scopeOf(request), request.query, deps)),
    ...importBindings(deps),
  ]
}

function importBindings(control: UserHandlerDeps): readonly Binding[] {
  const deps = { ...control, jobs: new ImportJobs() }
  return [
    on(lists.previewUserImport, (request) => {
      const upload = { ...request.query, raw: request.raw }
      return previewImport(importScopeOf(request), upload, deps)
    }),
    on(lists.listUserImports, (request) => listImports(scopeOf(request), request.query, deps)),
    on(lists.getUserImport, (request) => getImport(scopeOf(request), request.params.import, deps)),
    on(lists.mapUserImport, (request) => {
      const input = { ...request.body, id: request.params.import }
      return mapImport(importScopeOf(request), input, deps)
    }),
    on(lists.commitUserImport, (request) => {
      const input = { ...request.body, id: request.params.import }
      return commitImport(importScopeOf(request), input, deps)
    }),
    on(lists.undoUserImport, (request) => takeBackImport(scopeOf(request), request.params.import, deps)),
  ]
}

function importScopeOf(request: Parameters<typeof scopeOf>[0] & Parameters<typeof heldHere>[0]): ImportScope {
  return { ...scopeOf(request), held: heldHere(request) }
}
