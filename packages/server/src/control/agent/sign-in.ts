// Live sign-ins through an agent (D6, A2): asked of the agent that waits, for as long as a person waits.
import type { Store } from '#store/open.ts'
import type { AgentDesk } from './desk.ts'
import { findAgent } from './store.ts'

/** As `LdapSignInOutcome` of the directory package says it. */
export type AgentSignInOutcome = {
  readonly kind: 'accepted' | 'refused' | 'unavailable'
  readonly code: string
  readonly saw: string
}

type Deps = { readonly store: Store; readonly agents: AgentDesk }
type Key = { readonly tenantId: string; readonly agentId: string | null }

/** Whether the site lets its agent answer sign-ins. */
export async function mayAgentSignIn({ tenantId, agentId }: Key, { store }: Deps): Promise<boolean> {
  if (agentId === null) return false
  return (await findAgent(store.db, { tenantId, agentId }))?.live_sign_in === 1
}

/** Asks the agent. An agent that is away or too slow says nothing about the password. */
export async function signInByAgent(
  key: Key,
  input: { readonly userName: string; readonly password: string },
  deps: Deps,
): Promise<AgentSignInOutcome> {
  const { agentId } = key
  if (agentId === null || !(await mayAgentSignIn(key, deps)))
    return { kind: 'unavailable', code: 'switched-off', saw: 'Live sign-ins are switched off for this site.' }
  // The same as at any directory: an empty password would be an anonymous sign-in (RFC 4513 §5.1.2).
  if (input.password === '') return { kind: 'refused', code: 'no-password', saw: 'The password is empty.' }
  const answer = await deps.agents.signIn(agentId, input)
  if (answer === null)
    return { kind: 'unavailable', code: 'agent-away', saw: 'The agent of this site did not answer.' }
  if (answer.kind === 'accepted') return { kind: 'accepted', code: 'accepted', saw: answer.name }
  return { kind: answer.kind, code: answer.code, saw: answer.saw }
}
