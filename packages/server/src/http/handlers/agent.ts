// Answers about agents: to people who manage sites, and to the agents themselves.
import * as contract from '@gatepost/contract/agent.ts'
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import {
  type AgentDeps,
  addAgent,
  askForPush,
  listAgents,
  pairAgent,
  removeAgent,
  renewCode,
  updateAgent,
} from '#control/agent/agent.ts'
import { type ProgramShelf, takeProgram } from '#control/agent/programs.ts'
import {
  type AgentAsker,
  agentAnswer,
  agentProbed,
  agentWork,
  beginPush,
  completePush,
  putChunk,
  requireAgentToken,
} from '#control/agent/push.ts'
import { type RunStarter, runConnectorsOf } from '#control/agent/pushed.ts'
import { type Binding, type Handler, on, scopeOf } from '../request.ts'

export type AgentHandlerDeps = AgentDeps & {
  readonly programs: ProgramShelf<contract.AgentProgramName>
  readonly directories: RunStarter
}
type Deps = AgentHandlerDeps

export function agentBindings(deps: Deps): readonly Binding[] {
  return [
    on(contract.listAgents, async (request) => ({
      items: await listAgents(scopeOf(request), deps),
      version: deps.agentVersion,
      programs: await deps.programs.list(),
    })),
    on(contract.addAgent, (request) => addAgent(scopeOf(request), request.body, deps)),
    on(contract.renewAgentCode, (request) => renewCode(scopeOf(request), request.params.agent, deps)),
    on(contract.updateAgent, (request) =>
      updateAgent(scopeOf(request), { id: request.params.agent, change: request.body }, deps),
    ),
    on(contract.removeAgent, async (request) => {
      await removeAgent(scopeOf(request), request.params.agent, deps)
      return {}
    }),
    on(contract.askForPush, (request) => askForPush(scopeOf(request), request.params.agent, deps)),
    on(contract.downloadAgent, ({ params }) => takeProgram(params.program, deps)),
    on(contract.pairAgent, ({ body, clientAddress }) => pairAgent({ ...body, from: clientAddress }, deps)),
    ...ownBindings(deps),
  ]
}

/** What agents ask by their own token. */
function ownBindings(deps: Deps): readonly Binding[] {
  const letIn: NonNullable<Binding['letIn']> = ({ bearer, from }) => requireAgentToken(bearer, from, deps)
  const byAgent = <E extends Endpoint>(endpoint: E, handler: Handler<E>): Binding => ({
    ...on(endpoint, handler),
    letIn,
  })
  return [
    byAgent(contract.agentWork, ({ agent, body, clientAddress }) =>
      agentWork(agentOf(agent), { ...body, from: clientAddress }, deps),
    ),
    byAgent(contract.agentAnswer, async ({ agent, params, body }) => {
      agentAnswer(agentOf(agent), { task: params.task, result: body.result }, deps)
      return {}
    }),
    byAgent(contract.agentProbed, async ({ agent, params, body }) => {
      agentProbed(agentOf(agent), { task: params.task, result: body.result }, deps)
      return {}
    }),
    byAgent(contract.beginPush, ({ agent, params }) => beginPush(agentOf(agent), params.push, deps)),
    byAgent(contract.putChunk, ({ agent, params, raw }) => {
      const input = { pushId: params.push, number: params.number, bytes: raw }
      return putChunk(agentOf(agent), input, deps)
    }),
    byAgent(contract.completePush, async ({ agent, params, body }) => {
      const asker = agentOf(agent)
      const { state, missing, isNew } = await completePush(asker, { pushId: params.push, ...body }, deps)
      if (isNew) await runConnectorsOf(asker, { store: deps.store, runs: deps.directories })
      return { state, missing }
    }),
  ]
}

/** The binding guarantees it; its absence is our own fault. */
function agentOf(agent: AgentAsker | null): AgentAsker {
  if (agent === null) throw new Error('the endpoint is no agent’s')
  return agent
}
