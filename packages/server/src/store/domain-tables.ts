// Tables of where mail of an organisation goes: its domains, its routes, and the hosts that may send for it.
import type { Generated } from 'kysely'
import type { Flag, Json } from './columns.ts'

export type DomainTable = {
  readonly id: string
  readonly tenant_id: string
  /** A-labels, lower case. Unique in a tenant; unique in the installation among validated ones. */
  readonly name: string
  unicode_name: string
  is_primary: Flag
  /** Secret part of both proof records. */
  token: string
  /** A right once given (decisions 51). */
  validated_at: number | null
  validated_by: 'txt' | 'cname' | 'parent' | null
  /** When a pending domain's token ends; null once validated. */
  expires_at: number | null
  /** When it went to another organisation that proved it anew; null before, and once it is added again. */
  lost_at: Generated<number | null>
  recipient_mode: 'accept-all' | 'known' | 'directory' | 'call-forward' | 'learning'
  call_forward_sender: Generated<'original' | 'null'>
  /** What becomes of recipients that the mail host says nothing of. */
  call_forward_silent: Generated<'defer' | 'accept'>
  learning_until: Generated<number | null>
  unknown_recipient: 'reject' | 'defer'
  route_id: string | null
  /** What the proof records look like today, as seen at each server. */
  observation: Json | null
  checked_at: number | null
  next_check_at: number | null
  /** Look-ups that failed in a row; shapes the back-off. */
  failures: number
  /** MX records before ours, so that the way back can be shown. */
  mx_before: Json | null
  created_at: number
  revision: number
}

export type RouteTable = {
  readonly id: string
  readonly tenant_id: string
  name: string
  host: string
  port: number
  tls: 'opportunistic' | 'enforced-relaxed' | 'enforced-strict' | 'none'
  alternate_id: string | null
  /** Further hosts that share the load, as JSON. */
  more_hosts: Generated<string>
  /** At most one a tenant and kind. */
  default_for: 'inbound' | 'outbound' | null
  /** What is said to hosts that ask for a login; the password is sealed, and both are null without one. */
  login_user: string | null
  login_password: string | null
  /** Mechanisms in the order of preference, as JSON; empty for all. */
  login_mechanisms: Generated<string>
  /** 1 keeps mail for this route waiting. */
  paused: Generated<Flag>
  /** RouteTest of the contract. */
  last_test: Json | null
  created_at: number
  revision: number
}

export type AuthorizedOutboundTable = {
  readonly id: string
  readonly tenant_id: string
  /** A single address in canonical text. */
  readonly address: string
  comment: string
  created_at: number
  created_by: string
  /** Written at most once a day (decisions 30). */
  last_seen_at: number | null
  revision: number
}
