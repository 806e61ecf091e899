// What a handler receives: a request that was let in, parsed and scoped. Handlers see no HTTP.
import type { BodyOf, Endpoint, OutputOf, ParamsOf, Pending, QueryOf } from '@gatepost/contract/endpoint.ts'
import type { Permission } from '@gatepost/contract/permission.ts'
import type { AgentAsker } from '#control/agent/push.ts'
import type { Scope } from '#control/scope.ts'
import type { BearerOfToken } from '#control/token/bearer.ts'

/** A signed-in person with the organisations it may act in. */
export type SignedIn = Omit<BearerOfToken, 'token'> & {
  /** Of a person's own session: what it still owes, how it was opened, when credentials were last shown. */
  readonly pending?: Pending | null
  readonly method?: string
  readonly verifiedAt?: number
  /** Set where an API token stands in a person's place: who made it, and what it may do. */
  readonly token?: BearerOfToken['token']
}

export type ApiRequest<E extends Endpoint> = {
  readonly params: ParamsOf<E>
  readonly query: QueryOf<E>
  readonly body: BodyOf<E>
  /** The file of a `raw` endpoint; empty otherwise. */
  readonly raw: Uint8Array
  readonly signedIn: SignedIn | null
  /** The token of `Authorization: Bearer`, for those who are no person: agents at endpoints open to all. */
  readonly bearer: string | null
  /** The agent that asks, at endpoints for agents. */
  readonly agent: AgentAsker | null
  /** Tenant, actor and address: set for every endpoint with `{tenant}` in its path. */
  readonly scope: Scope | null
  /** The revision of `If-Match`, when sent. */
  readonly ifMatch: number | null
  /** The client's address, a trusted proxy's word considered. */
  readonly clientAddress: string
  readonly userAgent: string
  /** Hands a session secret to the browser, or takes the cookie away with null. */
  readonly setSession: (secret: string | null) => void
}

export type Handler<E extends Endpoint> = (request: ApiRequest<E>) => Promise<OutputOf<E>>

/** An endpoint with the function that answers it. */
export type Binding = {
  readonly endpoint: Endpoint
  readonly handler: Handler<Endpoint>
  /** Of endpoints for agents: who asks, found before anything of the request is read. Throws a problem. */
  readonly letIn?: (asker: { readonly bearer: string | null; readonly from: string }) => Promise<AgentAsker>
}

/** Ties a handler to its endpoint; the compiler checks both shapes. */
export function on<E extends Endpoint>(endpoint: E, handler: Handler<E>): Binding {
  return { endpoint, handler: handler as unknown as Handler<Endpoint> }
}

/** The scope of a request to a tenant's endpoint. The binding guarantees it; its absence is our own fault. */
export function scopeOf(request: { readonly scope: Scope | null }): Scope {
  if (request.scope === null) throw new Error('the endpoint has no tenant in its path')
  return request.scope
}

/** Who is signed in, at endpoints that are not public. The binding guarantees it. */
export function signedInOf(request: { readonly signedIn: SignedIn | null }): SignedIn {
  if (request.signedIn === null) throw new Error('the endpoint is open to everybody')
  return request.signedIn
}

/** What the asker may do in the tenant of the path; empty outside one. */
export function heldHere(request: {
  readonly scope: Scope | null
  readonly signedIn: SignedIn | null
}): readonly Permission[] {
  return request.signedIn?.tenants.find(({ id }) => id === request.scope?.tenantId)?.permissions ?? []
}
