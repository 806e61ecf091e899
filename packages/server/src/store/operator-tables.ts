// Tables of sharing, acceptance and leaving (migration 41), and of templates and our addresses (migration
// 42).
import type { Json } from './columns.ts'

/** A link that shows one step read-only. */
export type ShareLinkTable = {
  readonly id: string
  readonly tenant_id: string
  /** SHA-256 of the token. Unique. */
  readonly digest: string
  readonly step: string
  /** Where the step has values per domain: that of one alone. */
  readonly domain: string | null
  readonly note: string
  readonly created_at: number
  readonly created_by: string
  readonly expires_at: number
  last_used_at: number | null
  uses: number
  readonly mailed_to: string | null
}

/** One run of the acceptance test. */
export type AcceptanceTable = {
  readonly id: string
  readonly tenant_id: string
  state: 'running' | 'done'
  readonly started_at: number
  ended_at: number | null
  readonly asked_by: string
  /** `AcceptanceReport` of the contract. */
  report: Json
}

/** An organisation that asked to leave. */
export type DepartureTable = {
  readonly tenant_id: string
  readonly asked_at: number
  readonly asked_by: string
  /** End of the cooling-off. */
  readonly erase_at: number
  /** The operator's word. */
  agreed_at: number | null
  agreed_by: string | null
  /** Why it was not erased when it was due. */
  fault: string | null
}

/** Everything of an organisation as one file. */
export type TenantExportTable = {
  readonly id: string
  readonly tenant_id: string
  state: 'running' | 'done' | 'failed'
  /** What is being written. */
  part: string
  /** Parts that are written. */
  done: number
  readonly started_at: number
  ended_at: number | null
  readonly expires_at: number
  readonly asked_by: string
  bytes: number
  /** SHA-256 of the file, in hex. */
  digest: string | null
  why: string | null
}

/** Stays when the organisation is gone. */
export type ErasureReceiptTable = {
  readonly id: string
  readonly erased_at: number
  readonly name: string
  readonly document: Json
  /** Ed25519 over `document`, base64. */
  readonly signature: string
  /** PEM. */
  readonly public_key: string
}

export type ReceiptKeyTable = {
  readonly id: string
  readonly public_key: string
  /** PKCS 8, sealed. */
  private_key: string
  readonly created_at: number
}

/** What an operator gives several organisations. */
export type TemplateTable = {
  readonly id: string
  name: string
  /** `TemplateSettings` of the contract. */
  settings: Json
  readonly created_at: number
  readonly created_by: string
  updated_at: number
  revision: number
}

/** Which template an organisation follows. */
export type TemplateUseTable = {
  readonly tenant_id: string
  template_id: string
  applied_at: number
  applied_by: string
  /** The template's revision as applied. */
  template_revision: number
}

/** An address of ours as the operator entered it. */
export type OwnAddressTable = {
  readonly address: string
  /** JSON list of purposes. */
  purposes: Json
  announced_at: number
  announced_by: string
  active_from: number
  ends_at: number | null
  note: string
}

/** An organisation says that it allows an address of ours. */
export type AddressConfirmationTable = {
  readonly tenant_id: string
  readonly address: string
  readonly confirmed_at: number
  readonly confirmed_by: string
}

/** What passed for an organisation on one day (UTC), counted while tracking still has it. */
export type UsageDayTable = {
  readonly tenant_id: string
  /** `2026-11-22`. */
  readonly day: string
  inbound: number
  outbound: number
  refused: number
  octets: number
  users: number
  /** Octets in the archive. */
  stored: number
  counted_at: number
}
