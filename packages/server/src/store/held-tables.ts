// Tables of held mail, of watches for mail that is awaited, and of times the gateway did not run, as Kysely
// sees them.

export type HeldMailTable = {
  readonly tenant_id: string
  readonly message_id: string
  readonly recipient_index: number
  /** As the sender wrote it. */
  readonly recipient: string
  /** Its address key. */
  readonly mailbox: string
  /** The policy that holds it, or `by-person`, `undeliverable`, `unknown`. */
  class: string
  because: string
  rule_name: string | null
  score: number | null
  author: string | null
  reverse_path: string | null
  subject: string | null
  size: number
  direction: 'inbound' | 'outbound'
  held_at: number
  state: 'held' | 'released' | 'rejected' | 'discarded' | 'gone'
  decided_at: number | null
  decided_by: string | null
  /** In words of whoever decided. */
  decision: string | null
  /** When its user was told of it in a digest. */
  told_at: number | null
  requested_at: number | null
  requested_by: string | null
  request_text: string | null
  /** Who was the first of two to release it. */
  seconded_by: string | null
  seconded_at: number | null
  /** Its author wrote for the first time. */
  readonly first_contact: 0 | 1
  /** Its author as known authors are named, where nobody knew it; null else. */
  readonly new_author: string | null
  /** When it is judged again by itself; null where a person decides. */
  again_at: number | null
  /** How often it was. */
  judged: number
}

export type HeldSettingTable = {
  readonly tenant_id: string
  /** JSON: what users may do by class, and which classes need two people. */
  rules: string
  notify_at_once: 0 | 1
  revision: number
}

export type DowntimeTable = { readonly id: string; readonly from_at: number; readonly until_at: number }
export type HeartbeatTable = { readonly id: string; at: number }

export type MailWatchTable = {
  readonly tenant_id: string
  readonly id: string
  readonly sender: string | null
  readonly recipient: string | null
  readonly subject: string | null
  /** The address that is told. */
  readonly tell: string
  readonly created_at: number
  readonly created_by: string
  readonly expires_at: number
  found_at: number | null
  found_id: string | null
}
