// Who asks, in which tenant, and what use cases may touch: effects come in as one argument (architecture §8,
// §12).
import type { BootConfig } from '#boot/config-types.ts'
import type { Emit } from '#events/emit.ts'
import type { Order, OrderResult } from '#link/orders.ts'
import type { Clock } from '#platform/clock.ts'
import type { Dns } from '#platform/dns-types.ts'
import type { SecretBox } from '#platform/secret-box.ts'
import type { Store } from '#store/open.ts'

export type Actor =
  | {
      readonly kind: 'person'
      readonly id: string
      readonly name: string
      /** Acts from outside the tenant, which sees it in its audit log. */
      readonly asOperator?: boolean
    }
  | { readonly kind: 'system'; readonly name: string }

/** A use case runs in one tenant, for one actor; the audit entry names both. */
export type Scope = {
  readonly tenantId: string
  readonly actor: Actor
  /** The address the request came from, or `internal`. */
  readonly from: string
}

/** What control asks of the link: orders to edges, what is live where, and a nudge that settings changed. */
export type EdgeLink = {
  /** Sends an order to one living edge and waits for its result. Rejects with problem `edge-unreachable`. */
  order(order: Order, signal?: AbortSignal): Promise<OrderResult>
  /** Sends an order to the edge that holds a message. */
  orderFor(place: { readonly node: string; readonly slot: number }, order: Order): Promise<OrderResult>
  /** Sends an order to every edge and waits at most `waitMs`; edges that are silent are named. */
  orderAll(
    order: Order,
    waitMs: number,
  ): Promise<{
    readonly answers: readonly {
      readonly node: string
      readonly slot: number
      readonly result: OrderResult
    }[]
    readonly unreachable: readonly { readonly node: string; readonly slot: number; readonly why: string }[]
  }>
  /** Edges heard of in the last minute, with the snapshot version each works with. */
  edges(): readonly {
    readonly node: string
    readonly slot: number
    readonly version: number
    readonly seenAt: number
  }[]
  /** The newest version compiled. */
  version(): number
  /** The version that has every setting committed so far; it may not be published yet. */
  coveringVersion(): number
  /** Settings of tenants changed: compile and publish soon. Called after the transaction committed. */
  settingsChanged(): void
}

/** Everything a use case may need. Built once in the control process. */
export type ControlDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly emit: Emit
  readonly dns: Dns
  readonly link: EdgeLink
  readonly config: BootConfig
  /** Seals what must not be read in the database: passwords of others, private keys. */
  readonly secrets: SecretBox
}
