// Answers for roles, administrators, invitations, roles by group, and operators.
import * as operator from '@gatepost/contract/operator.ts'
import * as contract from '@gatepost/contract/role.ts'
import { acceptInvitation, checkInvitation } from '#control/role/accept.ts'
import { giveRole, listAdministrators, removeAdministrator } from '#control/role/administrator.ts'
import { giveGroupRole, listGroupRoles, removeGroupRole } from '#control/role/group-role.ts'
import { inviteAdministrator, listInvitations, removeInvitation } from '#control/role/invitation.ts'
import {
  inviteOperator,
  listOperators,
  removeOperatorInvitation,
  setOperator,
} from '#control/role/operator.ts'
import { createRole, listRoles, removeRole, updateRole } from '#control/role/role.ts'
import type { RoleScope } from '#control/role/rules.ts'
import { type ApiRequest, type Binding, heldHere, on, scopeOf, signedInOf } from '../request.ts'
import type { HandlerDeps } from './deps.ts'

type Asked = Pick<ApiRequest<never>, 'scope' | 'signedIn' | 'clientAddress'>

export function roleBindings(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.listRoles, (request) => listRoles(roleScopeOf(request), deps)),
    on(contract.createRole, (request) => createRole(roleScopeOf(request), request.body, deps)),
    on(contract.updateRole, (request) => {
      const { body, params, ifMatch } = request
      return updateRole(roleScopeOf(request), { id: params.role, fields: body, expected: ifMatch }, deps)
    }),
    on(contract.removeRole, async (request) => {
      await removeRole(roleScopeOf(request), request.params.role, deps)
      return {}
    }),
    ...administrators(deps),
    ...invitations(deps),
    ...groupRoles(deps),
    ...operators(deps),
  ]
}

function administrators(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.listAdministrators, (request) =>
      listAdministrators(roleScopeOf(request), request.query, deps),
    ),
    on(contract.giveRole, (request) =>
      giveRole(roleScopeOf(request), { person: request.params.person, role: request.body.role }, deps),
    ),
    on(contract.removeAdministrator, async (request) => {
      await removeAdministrator(roleScopeOf(request), request.params.person, deps)
      return {}
    }),
  ]
}

function invitations(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.listInvitations, (request) => listInvitations(scopeOf(request), deps)),
    on(contract.inviteAdministrator, (request) =>
      inviteAdministrator(roleScopeOf(request), request.body, deps),
    ),
    on(contract.removeInvitation, async (request) => {
      await removeInvitation(roleScopeOf(request), request.params.invitation, deps)
      return {}
    }),
    on(contract.checkInvitation, ({ body, signedIn }) =>
      checkInvitation(body.token, { personId: signedIn?.person.id ?? null }, deps),
    ),
    on(contract.acceptInvitation, ({ body, signedIn, clientAddress }) => {
      const opener = { personId: signedIn?.person.id ?? null, from: clientAddress }
      return acceptInvitation(body, opener, deps)
    }),
  ]
}

function groupRoles(deps: HandlerDeps): readonly Binding[] {
  return [
    on(contract.listGroupRoles, (request) => listGroupRoles(scopeOf(request), deps)),
    on(contract.giveGroupRole, (request) =>
      giveGroupRole(roleScopeOf(request), { group: request.params.group, role: request.body.role }, deps),
    ),
    on(contract.removeGroupRole, async (request) => {
      await removeGroupRole(roleScopeOf(request), request.params.group, deps)
      return {}
    }),
  ]
}

function operators(deps: HandlerDeps): readonly Binding[] {
  return [
    on(operator.listOperators, (request) => listOperators(signedInOf(request).person.id, deps)),
    on(operator.inviteOperator, (request) => inviteOperator(byOf(request), request.body, deps)),
    on(operator.setOperator, (request) => {
      const input = { ...request.body, person: request.params.person }
      return setOperator(byOf(request), input, deps)
    }),
    on(operator.removeOperatorInvitation, async (request) => {
      await removeOperatorInvitation(byOf(request), request.params.invitation, deps)
      return {}
    }),
  ]
}

function roleScopeOf(request: Asked): RoleScope {
  return { ...scopeOf(request), held: heldHere(request) }
}

function byOf(request: Asked) {
  const { id, name } = signedInOf(request).person
  return { actor: { kind: 'person', id, name } as const, from: request.clientAddress }
}
