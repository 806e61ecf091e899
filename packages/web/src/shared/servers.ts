// Joins the views of several expected records into one line for each server, the worst state winning.
import type { DnsRecord, RecordState } from '@gatepost/contract/common.ts'

export type ServerView = {
  readonly server: string
  readonly view: 'authoritative' | 'public'
  readonly state: RecordState | 'old-value-cached'
  readonly values: readonly string[]
  readonly ttl: number | null
}

const worst: readonly RecordState[] = [
  'temporary-failure',
  'conflict',
  'duplicate',
  'different-value',
  'not-found-yet',
  'found',
  'not-required',
]

/** One view for each server asked; a resolver that still holds an older answer says so. */
export function serversOf(records: readonly DnsRecord[]): readonly ServerView[] {
  const views = new Map<string, ServerView & { readonly state: RecordState }>()
  for (const record of records) {
    for (const seen of record.servers) {
      const known = views.get(keyOf(seen))
      const values = [...new Set([...(known?.values ?? []), ...seen.values])]
      const state = known ? worseOf(known.state, seen.state) : seen.state
      views.set(keyOf(seen), { ...seen, values, state, ttl: seen.ttl ?? known?.ttl ?? null })
    }
  }
  const all = [...views.values()]
  const published = all.some(({ view, state }) => view === 'authoritative' && state === 'found')
  return all.map((view) => (published && isCached(view) ? { ...view, state: 'old-value-cached' } : view))
}

/** The same machine can be a name server and a resolver: each is a view of its own. */
export function keyOf({ view, server }: Pick<ServerView, 'view' | 'server'>): string {
  return `${view} ${server}`
}

function isCached({ view, state, ttl }: ServerView): boolean {
  return view === 'public' && ttl !== null && (state === 'different-value' || state === 'not-found-yet')
}

function worseOf(one: RecordState, other: RecordState): RecordState {
  return worst.indexOf(one) <= worst.indexOf(other) ? one : other
}
