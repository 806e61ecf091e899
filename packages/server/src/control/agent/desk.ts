// Where agents wait for work and people for an agent's word: in memory alone, so that a password is never
// written anywhere.
import type { AgentProbeResult, AgentSignInResult, AgentTask } from '@gatepost/contract/agent.ts'
import { newSecret } from '#platform/random.ts'

/** A person waits no longer for an agent than for a directory in reach. */
export const SIGN_IN_MS = 15_000
/** Sign-ins under way by one agent; more are somebody trying passwords. */
const SIGN_INS_MAX = 50

/** A host that tarpits takes some seconds a command. */
const PROBE_MS = 60_000
/** Probes under way by one agent: there are few mail hosts. */
const PROBES_MAX = 10

type Waiter = (tasks: readonly AgentTask[]) => void
type Probed = { readonly agentId: string; readonly answer: (result: AgentProbeResult) => void }
type Asked = { readonly agentId: string; readonly answer: (result: AgentSignInResult) => void }

/** What agents are asked and what they answer. One for the control process. */
export class AgentDesk {
  readonly #waiting = new Map<string, Waiter>()
  readonly #tasks = new Map<string, AgentTask[]>()
  readonly #asked = new Map<string, Asked>()
  readonly #probed = new Map<string, Probed>()

  /** Tasks for an agent: at once when there are some, else when they come or after `waitMs`. */
  take(agentId: string, waitMs: number): Promise<readonly AgentTask[]> {
    const ready = this.#tasks.get(agentId)
    if (ready !== undefined || waitMs === 0) {
      this.#tasks.delete(agentId)
      return Promise.resolve(ready ?? [])
    }
    // An agent that asks again has given up its earlier question.
    this.#waiting.get(agentId)?.([])
    return new Promise((resolve) => {
      const done: Waiter = (tasks) => {
        clearTimeout(timer)
        if (this.#waiting.get(agentId) === done) this.#waiting.delete(agentId)
        resolve(tasks)
      }
      const timer = setTimeout(() => done([]), waitMs)
      timer.unref()
      this.#waiting.set(agentId, done)
    })
  }

  /** Whether the agent is waiting at this moment. */
  isWaiting(agentId: string): boolean {
    return this.#waiting.has(agentId)
  }

  /** Asks the agent to push; it hears of it with its next question at the latest. */
  askForPush(agentId: string): void {
    const waits = this.#tasks.get(agentId)?.some(({ kind }) => kind === 'push') === true
    if (!waits) this.#give(agentId, { kind: 'push' })
  }

  /** Asks the agent whether name and password belong together; null when it is not there or too slow. */
  signIn(agentId: string, input: { readonly userName: string; readonly password: string }) {
    const id = newSecret()
    const open = [...this.#asked.values()].filter((asked) => asked.agentId === agentId).length
    if (open >= SIGN_INS_MAX || !this.isWaiting(agentId)) return Promise.resolve(null)
    return new Promise<AgentSignInResult | null>((resolve) => {
      const done = (result: AgentSignInResult | null) => {
        clearTimeout(timer)
        this.#asked.delete(id)
        resolve(result)
      }
      const timer = setTimeout(() => done(null), SIGN_IN_MS)
      timer.unref()
      this.#asked.set(id, { agentId, answer: done })
      this.#give(agentId, { kind: 'sign-in', id, ...input })
    })
  }

  /** An agent's answer; false when nobody asked this agent that, or the person waits no longer. */
  answer(agentId: string, id: string, result: AgentSignInResult): boolean {
    const asked = this.#asked.get(id)
    if (asked === undefined || asked.agentId !== agentId) return false
    asked.answer(result)
    return true
  }

  /** Asks the agent to knock at a mail host; null when it is not there or too slow. */
  probe(
    agentId: string,
    question: Omit<Extract<AgentTask, { kind: 'probe' }>, 'kind' | 'id'>,
  ): Promise<AgentProbeResult | null> {
    const open = [...this.#probed.values()].filter((probed) => probed.agentId === agentId).length
    if (open >= PROBES_MAX || !this.isWaiting(agentId)) return Promise.resolve(null)
    const id = newSecret()
    return new Promise((resolve) => {
      const done = (result: AgentProbeResult | null) => {
        clearTimeout(timer)
        this.#probed.delete(id)
        resolve(result)
      }
      const timer = setTimeout(() => done(null), PROBE_MS)
      timer.unref()
      this.#probed.set(id, { agentId, answer: done })
      this.#give(agentId, { kind: 'probe', id, ...question })
    })
  }

  /** What an agent saw; false when nobody asked this agent that, or nobody waits any longer. */
  probed(agentId: string, id: string, result: AgentProbeResult): boolean {
    const asked = this.#probed.get(id)
    if (asked === undefined || asked.agentId !== agentId) return false
    asked.answer(result)
    return true
  }

  /** Forgets an agent that was removed. */
  forget(agentId: string): void {
    this.#waiting.get(agentId)?.([])
    this.#tasks.delete(agentId)
  }

  #give(agentId: string, task: AgentTask): void {
    const waiter = this.#waiting.get(agentId)
    // A sign-in is only ever given to an agent that waits; so no password lies here.
    if (waiter === undefined) this.#tasks.set(agentId, [...(this.#tasks.get(agentId) ?? []), task])
    else waiter([task])
  }
}
