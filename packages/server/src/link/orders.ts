// Orders: what control asks of an edge. Each carries an id and is idempotent; the edge answers with a result.

import type { RouteLogin } from '#policy/settings.ts'
import type { FetchContentOrder, FetchedContent } from './content-orders.ts'
import type { Explained, ExplainOrder } from './explain-orders.ts'
import type { GreylistOrder, GreylistResult } from './greylist-orders.ts'
import type { QueueActed, QueueActOrder, QueueListed, QueueListOrder } from './queue-orders.ts'
import type { QueueTotalled, QueueTotalsOrder } from './queue-totals.ts'
import type { SelfProbed, SelfProbeOrder } from './self-orders.ts'
import type { TlsProbed, TlsProbeOrder } from './tls-orders.ts'

/**
 * The separate tests of a delivery route, in order; a failed one leaves the rest `not-run` (C5). `login` is
 * there for a route that has one.
 */
export type ProbeCheck =
  | 'resolve'
  | 'connect'
  | 'greeting'
  | 'tls'
  | 'login'
  | 'recipient'
  | 'unknown-recipient'
  | 'message'

export type ProbeResult = {
  readonly check: ProbeCheck
  readonly state: 'passed' | 'failed' | 'warning' | 'not-run'
  /** What was seen, in plain words: addresses, certificate, the remote reply. */
  readonly saw: string
  /** What to do, when it did not pass. */
  readonly remedy: string | null
  readonly durationMs: number
}

export type Order =
  /**
   * Tests a route: resolve, connect, TLS, RCPT, and a real message when `content` is given (base64 of CRLF
   * text).
   */
  | {
      readonly kind: 'probe-route'
      readonly id: string
      readonly tenantId: string
      readonly host: string
      readonly port: number
      readonly tls: 'opportunistic' | 'enforced-relaxed' | 'enforced-strict' | 'none'
      readonly reversePath: string | null
      readonly forwardPath: string
      readonly content: string | null
      /** Of the route `routeId`, with the password as it is sealed. */
      readonly login?: { readonly routeId: string } & RouteLogin
    }
  /** Control's own mail (notices, DSN-like reports): accepted into the spool like any other message. */
  | {
      readonly kind: 'submit'
      readonly id: string
      readonly tenantId: string
      readonly reversePath: string | null
      readonly forwardPaths: readonly string[]
      readonly content: string
    }
  /** Makes queued recipients of one message due now. */
  | { readonly kind: 'retry'; readonly id: string; readonly messageId: string }
  | TlsProbeOrder
  | SelfProbeOrder
  | QueueListOrder
  | QueueActOrder
  | QueueTotalsOrder
  | FetchContentOrder
  | GreylistOrder
  | ExplainOrder
  /** Copies the worker's spools below `folder`; asked again with the same `backupId` until it is done. */
  | { readonly kind: 'backup'; readonly id: string; readonly backupId: string; readonly folder: string }

export type OrderResult =
  | { readonly kind: 'probe-route'; readonly results: readonly ProbeResult[] }
  | { readonly kind: 'submit'; readonly messageId: string }
  | { readonly kind: 'retry'; readonly recipients: number }
  | TlsProbed
  | SelfProbed
  | QueueListed
  | QueueActed
  | QueueTotalled
  | FetchedContent
  | GreylistResult
  | Explained
  | { readonly kind: 'backup'; readonly isDone: boolean; readonly messages: number }
  | { readonly kind: 'failed'; readonly why: string }
