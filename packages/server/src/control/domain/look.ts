// Asks every name server of a zone the same question, so that a page can show what each of them says.
import type { RecordState } from '@gatepost/contract/common.ts'
import type { Dns, DnsAnswer } from '#platform/dns-types.ts'

export type View = 'authoritative' | 'public'

/** What one server said, as it is kept and shown. */
export type ServerLook = {
  readonly server: string
  readonly view: View
  readonly state: RecordState
  readonly values: readonly string[]
  readonly ttl: number | null
  /** Why there is no answer; null when there is one. */
  readonly why: string | null
}

export type ServerAnswer<Type extends AskedType> = {
  readonly server: string
  readonly view: View
  readonly answer: DnsAnswer<Type>
}

type AskedType = 'TXT' | 'CNAME' | 'MX'
type Question<Type extends AskedType> = { readonly name: string; readonly type: Type }

export type Servers =
  | {
      readonly kind: 'found'
      readonly servers: readonly { readonly name: string; readonly address: string }[]
    }
  | { readonly kind: 'failed'; readonly why: string }

/** Asks each authoritative server by itself and without recursion. */
export async function askAuthoritative<Type extends AskedType>(
  dns: Dns,
  servers: Servers,
  question: Question<Type>,
): Promise<readonly ServerAnswer<Type>[]> {
  if (servers.kind === 'failed') {
    const answer: DnsAnswer<Type> = { kind: 'failed', why: servers.why, server: '' }
    return [{ server: 'name servers', view: 'authoritative', answer }]
  }
  return Promise.all(
    servers.servers.map(async ({ name, address }): Promise<ServerAnswer<Type>> => {
      const answer = await dns.query({ ...question, servers: [address], recursive: false })
      return { server: name, view: 'authoritative', answer }
    }),
  )
}

/** Asks public resolvers, which may still keep what the zone said before. */
export async function askPublic<Type extends AskedType>(
  dns: Dns,
  resolvers: readonly string[],
  question: Question<Type>,
): Promise<readonly ServerAnswer<Type>[]> {
  return Promise.all(
    resolvers.map(async (address): Promise<ServerAnswer<Type>> => {
      const answer = await dns.query({ ...question, servers: [address], fresh: true })
      return { server: address, view: 'public', answer }
    }),
  )
}

/** Turns an answer into what is kept: `judge` names the state of the values a server gave. */
export function lookOf<Type extends AskedType>(
  { server, view, answer }: ServerAnswer<Type>,
  judge: (values: readonly string[]) => RecordState,
  textOf: (record: unknown) => string = String,
): ServerLook {
  if (answer.kind === 'failed') {
    return { server, view, state: 'temporary-failure', values: [], ttl: null, why: answer.why }
  }
  const values = answer.kind === 'found' ? answer.records.map(textOf) : []
  const state = values.length === 0 ? 'not-found-yet' : judge(values)
  return { server, view, state, values, ttl: answer.ttl, why: null }
}

/** `1 name server`, `3 name servers`. */
export function countOf(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-GB')} ${number === 1 ? one : many}`
}
