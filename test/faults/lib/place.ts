// The place of most fault tests: Acme connected to a gateway in the small internet, and what its processes
// use.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type Acme, startAcme } from '../../journeys/lib/acme.ts'
import { eventually } from '../../journeys/lib/api.ts'
import { watchLoopDelay } from './loop-delay.ts'

export type Place = Acme & {
  readonly port: number
  /** Process ids of the edge workers, in the order of their slots. */
  readonly edges: readonly number[]
  readonly control: number
  /** Leads Acme's mail to another port of this machine. */
  readonly routeTo: (port: number, tls?: 'none' | 'opportunistic' | 'enforced-relaxed') => Promise<void>
  /** The newest row of the message centre that a search finds in one of the states. */
  readonly row: (search: string, states: readonly string[], withinMs?: number) => Promise<Row>
  readonly message: (id: string) => Promise<Message>
  readonly retry: (id: string) => Promise<void>
}

export type Row = { readonly id: string; readonly status: string; readonly reason: string }

export type Message = Row & {
  readonly attempts: readonly {
    readonly outcome: string
    readonly reply: { readonly code: number; readonly status: string | null; readonly text: string }
  }[]
}

type Live = { readonly live: number; readonly total: number }

/** Starts it all; limits that only matter to crowds are raised. */
export async function startPlace(env: Readonly<Record<string, string>> = {}): Promise<Place> {
  const acme = await startAcme({ GATEPOST_LIMITS_CONNECTIONS_PER_CLIENT: '10000', ...env })
  const { api, base, gateway } = acme
  const [, control = 0, ...edges] = gateway.pids()
  const loopDelay = watchLoopDelay(gateway.url)
  return {
    ...acme,
    async stop() {
      console.log(loopDelay())
      await acme.stop()
    },
    port: gateway.mxPort,
    edges,
    control,
    async routeTo(port, tls = 'none') {
      const { items } = await api.call<{ items: readonly { id: string }[] }>('GET', `${base}/routes`)
      await api.call('PATCH', `${base}/routes/${items[0]?.id}`, { port, tls })
      // The version it counts by is the one that has the change, published or not yet. It may be that of an
      // earlier change, which is published together with this one.
      await eventually(
        () => api.call<Live>('GET', `${base}/live`),
        ({ live, total }) => total > 0 && live === total,
      )
    },
    row: (search, states, withinMs = 60_000) =>
      eventually(
        async () => {
          const query = new URLSearchParams({ search })
          const { items } = await api.call<{ items: readonly Row[] }>('GET', `${base}/messages?${query}`)
          return items.find(({ status }) => states.includes(status)) as Row
        },
        (row) => row !== undefined,
        withinMs,
      ),
    message: (id) => api.call<Message>('GET', `${base}/messages/${id}`),
    retry: async (id) => {
      await api.call('POST', `${base}/messages/${id}/retry`)
    },
  }
}

/** Resident memory of a process in MiB. */
export function residentMiB(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) / 1024
}

/** Samples the memory of a process until it is told to stop; then the most that was seen, in MiB. */
export function watchMemory(pid: number): () => number {
  let most = residentMiB(pid)
  const timer = setInterval(() => {
    most = Math.max(most, residentMiB(pid))
  }, 25)
  return () => {
    clearInterval(timer)
    return Math.max(most, residentMiB(pid))
  }
}

/** No process of the family ended unasked. */
export function nothingDied(place: Place): void {
  assert.doesNotMatch(place.gateway.output(), /supervisor\.child\.ended/)
}
