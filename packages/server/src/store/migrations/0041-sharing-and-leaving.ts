// Links that show one step to a colleague, acceptance reports, and what leaving needs: the request, exports
// and receipts that stay after the organisation is gone.
import type { Migration } from './migration.ts'

export const sharingAndLeaving: Migration = {
  version: 41,
  name: 'sharing-and-leaving',
  statements: ({ text }) => [
    `create table share_link (id ${text} primary key, tenant_id ${text} not null references tenant (id),
      digest ${text} not null, step ${text} not null, domain ${text}, note ${text} not null,
      created_at bigint not null, created_by ${text} not null, expires_at bigint not null,
      last_used_at bigint, uses bigint not null, mailed_to ${text})`,
    'create unique index share_link_digest on share_link (digest)',
    'create index share_link_tenant on share_link (tenant_id, id)',
    `create table acceptance (id ${text} primary key, tenant_id ${text} not null references tenant (id),
      state ${text} not null, started_at bigint not null, ended_at bigint, asked_by ${text} not null,
      report ${text} not null)`,
    'create index acceptance_tenant on acceptance (tenant_id, id)',
    `create table departure (tenant_id ${text} primary key references tenant (id), asked_at bigint not null,
      asked_by ${text} not null, erase_at bigint not null, agreed_at bigint, agreed_by ${text},
      fault ${text})`,
    `create table tenant_export (id ${text} primary key, tenant_id ${text} not null references tenant (id),
      state ${text} not null, part ${text} not null, done bigint not null, started_at bigint not null,
      ended_at bigint, expires_at bigint not null, asked_by ${text} not null, bytes bigint not null,
      digest ${text}, why ${text})`,
    'create index tenant_export_tenant on tenant_export (tenant_id, id)',
    `create table erasure_receipt (id ${text} primary key, erased_at bigint not null, name ${text} not null,
      document ${text} not null, signature ${text} not null, public_key ${text} not null)`,
    `create table receipt_key (id ${text} primary key, public_key ${text} not null,
      private_key ${text} not null, created_at bigint not null)`,
  ],
}
