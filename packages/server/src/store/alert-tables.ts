// Tables of alerts, of what is sent about them, and of when checks changed; part of the control store's
// schema.
import type { Generated } from 'kysely'
import type { Json } from './columns.ts'

/** Something that is or was wrong (U5). `tenant_id` is `system` for the installation itself. */
export type AlertTable = {
  readonly id: string
  readonly tenant_id: string
  readonly kind: string
  readonly subject: string
  severity: 'warning' | 'critical'
  text: string
  remedy: string
  /** AlertSaid of the contract: its texts as codes. */
  said: Json | null
  link: string
  raised_at: number
  /** When it was last found to be so. */
  seen_at: number
  cleared_at: number | null
  acknowledged_at: number | null
  acknowledged_by: string | null
  muted_until: number | null
  escalated_at: number | null
  /** 1 while it is open: at most one of a kind and subject. Null frees the unique index. */
  is_open: 1 | null
}

/** Where word of a tenant's alerts goes. */
export type AlertChannelTable = {
  readonly tenant_id: string
  webhook_url: string | null
  /** Sealed; the place is `alert_channel.webhook_secret` and the tenant. */
  webhook_secret: string | null
  secret_set_at: number | null
  email: string | null
  escalate_to: string | null
  escalate_minutes: number | null
  /** AlertKind of the contract, as a JSON list. */
  silenced: Json
  tested_at: number | null
  revision: number
}

/** Word on its way: kept until it was taken, at least once. */
export type AlertSendTable = {
  readonly id: string
  readonly tenant_id: string
  /** Null for a test. */
  readonly alert_id: string | null
  readonly event: 'raised' | 'escalated' | 'cleared' | 'test'
  readonly channel: 'webhook' | 'mail'
  target: string | null
  state: 'waiting' | 'sent' | 'failed' | 'dropped'
  attempts: Generated<number>
  readonly created_at: number
  due_at: number
  sent_at: number | null
  why: string | null
}

/** The last state of each check of Connect. */
export type CheckStateTable = {
  readonly tenant_id: string
  readonly step: string
  readonly check: string
  state: string
  since: number
}

/** When a check of Connect changed, and what was seen then. */
export type CheckChangeTable = {
  readonly id: string
  readonly tenant_id: string
  readonly at: number
  readonly step: string
  readonly check: string
  readonly title: string
  readonly state: string
  readonly saw: string
  /** CheckSaid of the contract. */
  readonly said: Json | null
}
