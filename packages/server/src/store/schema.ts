// Every table of the control store as Kysely sees it: one schema for SQLite and PostgreSQL (architecture §8).
// Ids are text, times integer milliseconds, flags 0 or 1, JSON is text that only `*/store.ts` decodes.

import type { Generated, Insertable, Selectable } from 'kysely'
import type { PersonTable, SessionTable, SetupLinkTable } from './account-tables.ts'
import type { AgentChunkTable, AgentPushTable, AgentTable } from './agent-tables.ts'
import type {
  AlertChannelTable,
  AlertSendTable,
  AlertTable,
  CheckChangeTable,
  CheckStateTable,
} from './alert-tables.ts'
import type {
  ArchiveCheckTable,
  ArchiveExportTable,
  ArchiveHoldTable,
  ArchiveRuleTable,
  ArchiveSettingTable,
  JournalHourTable,
} from './archive-tables.ts'
import type { AcmeAccountTable, AcmeChallengeTable, CertificateTable } from './certificate-tables.ts'
import type { Flag, Json } from './columns.ts'
import type { ContactPairTable, ContactPartTable, ContactRunTable } from './contact-tables.ts'
import type {
  DigestChoiceTable,
  DigestLinkTable,
  DigestSentTable,
  DigestSettingTable,
} from './digest-tables.ts'
import type {
  ConnectorEntryTable,
  ConnectorTable,
  SyncChangeTable,
  SyncRunTable,
} from './directory-tables.ts'
import type { AuthorizedOutboundTable, DomainTable, RouteTable } from './domain-tables.ts'
import type {
  FirstContactSeedTable,
  GreylistEndedTable,
  GreylistHourTable,
  GreylistPassTable,
  GreylistReportTable,
  KnownAuthorTable,
} from './greylist-tables.ts'
import type {
  DowntimeTable,
  HeartbeatTable,
  HeldMailTable,
  HeldSettingTable,
  MailWatchTable,
} from './held-tables.ts'
import type {
  AcceptanceTable,
  AddressConfirmationTable,
  DepartureTable,
  ErasureReceiptTable,
  OwnAddressTable,
  ReceiptKeyTable,
  ShareLinkTable,
  TemplateTable,
  TemplateUseTable,
  TenantExportTable,
  UsageDayTable,
} from './operator-tables.ts'
import type {
  CloudLinkTable,
  CloudTenantTable,
  ForwardingAddressTable,
  OutboundSettingTable,
  SenderHourTable,
  SenderWarningTable,
  SmtpCredentialTable,
} from './outbound-tables.ts'
import type {
  GroupLinkTable,
  GroupMemberTable,
  UserAddressTable,
  UserSourceTable,
  UserTable,
} from './people-tables.ts'
import type {
  AddressGroupTable,
  PolicyDefaultTable,
  PolicyRevisionTable,
  PolicyTable,
} from './policy-tables.ts'
import type { SeenRecipientTable, SpoofSourceTable, TrustedServiceTable } from './protection-tables.ts'
import type { EntraConsentTable, ProviderAppTable } from './provider-app-tables.ts'
import type {
  ActivityTable,
  FeedTable,
  NodeEdgeTable,
  SchemaVersionTable,
  ShardTable,
  SnapshotTable,
  TenantDirtyTable,
} from './publishing-tables.ts'
import type { DataHoldTable, RetentionRunTable, RetentionTable } from './retention-tables.ts'
import type {
  ApiTokenTable,
  AuditCutTable,
  CustomRoleTable,
  InvitationTable,
  RoleGroupTable,
} from './role-tables.ts'
import type { ManagedSenderTable, SenderListTable } from './sender-tables.ts'
import type {
  IdentityProviderTable,
  PasswordHistoryTable,
  RecoveryCodeTable,
  SecondFactorTable,
  SignInProfileTable,
  SignInSettingsTable,
  SignInTicketTable,
} from './sign-in-tables.ts'
import type {
  ArcSettingTable,
  AutoAllowSettingTable,
  DkimKeyTable,
  HeldReferenceTable,
  SigningDomainTable,
} from './signing-tables.ts'
import type { MailReportTable, SpamLessonTable, SpamTaughtTable } from './spam-tables.ts'
import type { TlsPartnerTable } from './tls-tables.ts'

type TenantTable = {
  readonly id: string
  slug: string
  name: string
  environment: string
  inbound_only: Flag
  contact_name: string
  contact_email: string
  contact_phone: string
  /** Mailbox for postmaster@ and abuse@ (decisions 17). */
  postmaster: string | null
  /** 1 keeps all mail of the tenant waiting. */
  delivery_paused: Generated<Flag>
  /** Counts every settings change of the tenant; `changeSettings` alone raises it. */
  settings_revision: number
  /** The settings revision that last changed this row (ETag of the tenant itself). */
  revision: number
  created_at: number
}

type RoleBindingTable = {
  readonly tenant_id: string
  readonly person_id: string
  /** A built-in role's name or the id of a custom role. */
  role: string
  /** 1: acts for the tenant from outside, which the tenant sees. */
  as_operator: Generated<Flag>
  created_by: Generated<string>
  created_at: number
}

type UserImportTable = {
  readonly id: string
  readonly tenant_id: string
  state: 'previewed' | 'committed' | 'undone' | 'expired'
  file_name: string
  /** The file as uploaded. */
  raw: Uint8Array
  /** What the preview found: columns, counts, errors, sample. */
  preview: Json
  /** What to put back, while undo is possible. */
  undo: Json | null
  created_at: number
  created_by: string
  committed_at: number | null
  undo_until: number | null
  /** What the file lists; `raw` holds checked rows of senders, not the file. */
  kind: Generated<'users' | 'senders' | 'bulk'>
}

/** What a look at the world showed. `tenant_id` is `system` for the installation itself (U0). */
type ObservationTable = {
  readonly tenant_id: string
  /** What was looked at: `tenant`, a domain id, `address domain`, … */
  readonly subject: string
  /** Which look, such as `mx`, `first-outbound`, `refused-relay`. */
  readonly name: string
  value: Json
  checked_at: number
  next_check_at: number | null
  failures: number
}

type StepSkipTable = {
  readonly tenant_id: string
  readonly step: string
  skipped_at: number
  skipped_by: string
}

type AuditTable = {
  readonly id: string
  /** Null for what concerns the installation only. */
  readonly tenant_id: string | null
  readonly at: number
  readonly actor_kind: 'person' | 'system'
  readonly actor_id: string | null
  readonly actor: string
  /** 1: the actor acted for the tenant from outside. */
  readonly as_operator: Generated<Flag>
  /** `done`, or how it was refused. */
  readonly outcome: Generated<'done' | 'refused'>
  readonly from_address: string
  readonly action: string
  readonly subject: string
  readonly before: Json | null
  readonly after: Json | null
}

/** Every settings change (decisions 38). `number` is the tenant's settings revision. */
type RevisionTable = {
  readonly id: string
  readonly tenant_id: string
  readonly number: number
  readonly at: number
  readonly actor: string
  readonly subject: string
  readonly reason: string
  /** `{ field: [before, after] }`. */
  readonly diff: Json
}

export type Schema = {
  share_link: ShareLinkTable
  acceptance: AcceptanceTable
  departure: DepartureTable
  tenant_export: TenantExportTable
  erasure_receipt: ErasureReceiptTable
  receipt_key: ReceiptKeyTable
  template: TemplateTable
  template_use: TemplateUseTable
  own_address: OwnAddressTable
  address_confirmation: AddressConfirmationTable
  usage_day: UsageDayTable
  readonly tls_partner: TlsPartnerTable
  alert: AlertTable
  alert_channel: AlertChannelTable
  alert_send: AlertSendTable
  check_state: CheckStateTable
  check_change: CheckChangeTable
  readonly spam_lesson: SpamLessonTable
  readonly mail_report: MailReportTable
  spam_taught: SpamTaughtTable
  readonly held_mail: HeldMailTable
  digest_setting: DigestSettingTable
  digest_choice: DigestChoiceTable
  digest_sent: DigestSentTable
  digest_link: DigestLinkTable
  readonly held_setting: HeldSettingTable
  readonly downtime: DowntimeTable
  readonly heartbeat: HeartbeatTable
  readonly mail_watch: MailWatchTable
  person: PersonTable
  session: SessionTable
  second_factor: SecondFactorTable
  recovery_code: RecoveryCodeTable
  password_history: PasswordHistoryTable
  sign_in_ticket: SignInTicketTable
  sign_in_profile: SignInProfileTable
  identity_provider: IdentityProviderTable
  sign_in_settings: SignInSettingsTable
  setup_link: SetupLinkTable
  tenant: TenantTable
  role_binding: RoleBindingTable
  domain: DomainTable
  user: UserTable
  user_address: UserAddressTable
  user_source: UserSourceTable
  group_member: GroupMemberTable
  group_link: GroupLinkTable
  user_import: UserImportTable
  managed_sender: ManagedSenderTable
  sender_list: SenderListTable
  dkim_key: DkimKeyTable
  signing_domain: SigningDomainTable
  arc_setting: ArcSettingTable
  auto_allow_setting: AutoAllowSettingTable
  held_reference: HeldReferenceTable
  seen_recipient: SeenRecipientTable
  spoof_source: SpoofSourceTable
  trusted_service: TrustedServiceTable
  greylist_hour: GreylistHourTable
  greylist_ended: GreylistEndedTable
  greylist_pass: GreylistPassTable
  known_author: KnownAuthorTable
  first_contact_seed: FirstContactSeedTable
  greylist_report: GreylistReportTable
  policy: PolicyTable
  address_group: AddressGroupTable
  policy_revision: PolicyRevisionTable
  policy_default: PolicyDefaultTable
  connector: ConnectorTable
  connector_entry: ConnectorEntryTable
  sync_run: SyncRunTable
  sync_change: SyncChangeTable
  contact_run: ContactRunTable
  provider_app: ProviderAppTable
  acme_account: AcmeAccountTable
  acme_challenge: AcmeChallengeTable
  certificate: CertificateTable
  entra_consent: EntraConsentTable
  contact_part: ContactPartTable
  contact_pair: ContactPairTable
  agent: AgentTable
  agent_push: AgentPushTable
  agent_chunk: AgentChunkTable
  route: RouteTable
  authorized_outbound: AuthorizedOutboundTable
  smtp_credential: SmtpCredentialTable
  cloud_link: CloudLinkTable
  cloud_tenant: CloudTenantTable
  forwarding_address: ForwardingAddressTable
  outbound_setting: OutboundSettingTable
  sender_hour: SenderHourTable
  sender_warning: SenderWarningTable
  observation: ObservationTable
  step_skip: StepSkipTable
  custom_role: CustomRoleTable
  role_group: RoleGroupTable
  invitation: InvitationTable
  api_token: ApiTokenTable
  audit_cut: AuditCutTable
  retention: RetentionTable
  retention_run: RetentionRunTable
  data_hold: DataHoldTable
  audit: AuditTable
  revision: RevisionTable
  feed: FeedTable
  snapshot: SnapshotTable
  shard: ShardTable
  tenant_dirty: TenantDirtyTable
  node_edge: NodeEdgeTable
  activity: ActivityTable
  archive_check: ArchiveCheckTable
  archive_export: ArchiveExportTable
  archive_hold: ArchiveHoldTable
  archive_rule: ArchiveRuleTable
  archive_setting: ArchiveSettingTable
  journal_hour: JournalHourTable
  schema_version: SchemaVersionTable
}

export type TableName = keyof Schema
/** A row as selected, such as `Row<'domain'>`. */
export type Row<Name extends TableName> = Selectable<Schema[Name]>
/** A row as inserted; what the database fills in may be left out. */
export type NewRow<Name extends TableName> = Insertable<Schema[Name]>

/** `observation.tenant_id` of what concerns the installation itself. */
export const SYSTEM_TENANT = 'system'
