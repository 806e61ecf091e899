// Answers for policies and address groups.
import * as groups from '@gatepost/contract/group.ts'
import * as contract from '@gatepost/contract/policy.ts'
import { createGroup, getGroup, listGroups, removeGroup, updateGroup } from '#control/policy/group.ts'
import { changeMembers, listMembers } from '#control/policy/members.ts'
import {
  createPolicy,
  duplicatePolicy,
  enablePolicy,
  getPolicy,
  listPolicies,
  policyHistory,
  policySummary,
  previewPolicy,
  removePolicy,
  updatePolicy,
} from '#control/policy/policy.ts'
import type { ControlDeps } from '#control/scope.ts'
import { type Binding, on, scopeOf } from '../request.ts'

export function policyBindings(deps: ControlDeps): readonly Binding[] {
  return [
    on(contract.listPolicies, (request) => listPolicies(scopeOf(request), request.query, deps)),
    on(contract.getPolicySummary, (request) => policySummary(scopeOf(request), deps)),
    on(contract.previewPolicy, (request) => previewPolicy(scopeOf(request), request.body, deps)),
    on(contract.getPolicy, (request) => getPolicy(scopeOf(request), request.params.policy, deps)),
    on(contract.createPolicy, (request) => createPolicy(scopeOf(request), request.body, deps)),
    on(contract.updatePolicy, (request) => {
      const input = { ...request.body, id: request.params.policy, expected: request.ifMatch }
      return updatePolicy(scopeOf(request), input, deps)
    }),
    on(contract.enablePolicy, (request) => {
      const input = { ...request.body, id: request.params.policy, expected: request.ifMatch }
      return enablePolicy(scopeOf(request), input, deps)
    }),
    on(contract.duplicatePolicy, (request) => {
      const input = { id: request.params.policy, reason: request.body.reason }
      return duplicatePolicy(scopeOf(request), input, deps)
    }),
    on(contract.removePolicy, async (request) => {
      const input = { id: request.params.policy, reason: request.query.reason, expected: request.ifMatch }
      await removePolicy(scopeOf(request), input, deps)
      return {}
    }),
    on(contract.getPolicyHistory, (request) =>
      policyHistory(scopeOf(request), { ...request.query, id: request.params.policy }, deps),
    ),
    ...groupBindings(deps),
  ]
}

function groupBindings(deps: ControlDeps): readonly Binding[] {
  return [
    on(groups.listGroups, (request) => listGroups(scopeOf(request), request.query, deps)),
    on(groups.getGroup, (request) => getGroup(scopeOf(request), request.params.group, deps)),
    on(groups.createGroup, (request) => createGroup(scopeOf(request), request.body, deps)),
    on(groups.listGroupMembers, (request) => {
      const query = { ...request.query, group: request.params.group }
      return listMembers(scopeOf(request), query, deps)
    }),
    on(groups.changeGroupMembers, (request) => {
      const input = { ...request.body, group: request.params.group }
      return changeMembers(scopeOf(request), input, deps)
    }),
    on(groups.updateGroup, (request) => {
      const input = { ...request.body, id: request.params.group, expected: request.ifMatch }
      return updateGroup(scopeOf(request), input, deps)
    }),
    on(groups.removeGroup, async (request) => {
      const input = { id: request.params.group, reason: request.query.reason, expected: request.ifMatch }
      await removeGroup(scopeOf(request), input, deps)
      return {}
    }),
  ]
}
