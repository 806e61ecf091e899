// The archive's settings, holds, exports and looks at itself (J1–J3). Entries and contents stand beside the
// database, in files of each organisation.
import type { Migration } from './migration.ts'

export const archiveTables: Migration = {
  version: 34,
  name: 'archive',
  statements: ({ text, clustered }) => [
    // A row is there once archiving was switched on; `key` is sealed, and destroying it destroys the archive.
    // Null days: for ever. `head_seq` and `head_hash` are the newest record that is known to stand in the
    // files.
    `create table archive_setting (tenant_id ${text} primary key, enabled bigint not null,
      ask_reason bigint not null, days bigint, key ${text} not null, key_id ${text} not null,
      journal_enabled bigint not null, journal_token ${text} not null, alternate_token ${text} not null,
      silence_minutes bigint not null, head_seq bigint not null, head_hash ${text} not null,
      created_at bigint not null, changed_at bigint not null, changed_by ${text} not null,
      revision bigint not null) ${clustered}`,
    // Days for some people: of a domain, a group of addresses, or one address. The longest that fits counts.
    `create table archive_rule (id ${text} primary key, tenant_id ${text} not null, kind ${text} not null,
      value ${text} not null, days bigint not null, created_at bigint not null, created_by ${text} not null,
      revision bigint not null, unique (tenant_id, kind, value))`,
    `create table archive_hold (id ${text} primary key, tenant_id ${text} not null, name ${text} not null,
      reason ${text} not null, query ${text} not null, created_at bigint not null, created_by ${text} not null,
      ended_at bigint, ended_by ${text})`,
    'create index archive_hold_tenant on archive_hold (tenant_id, ended_at)',
    `create table archive_export (id ${text} primary key, tenant_id ${text} not null, format ${text} not null,
      query ${text} not null, reason ${text}, state ${text} not null, done bigint not null,
      total bigint not null, bytes bigint not null, left_out bigint not null, error ${text},
      created_at bigint not null, created_by ${text} not null, finished_at bigint, expires_at bigint not null)`,
    'create index archive_export_tenant on archive_export (tenant_id, created_at)',
    `create table archive_check (id ${text} primary key, tenant_id ${text} not null, state ${text} not null,
      started_at bigint not null, started_by ${text} not null, finished_at bigint, records bigint not null,
      contents bigint not null, octets bigint not null, faults ${text} not null)`,
    'create index archive_check_tenant on archive_check (tenant_id, started_at)',
    // Journal mail by hour: what is usual, and when the last one came.
    `create table journal_hour (tenant_id ${text} not null, hour bigint not null, reports bigint not null,
      flagged bigint not null, last_at bigint not null, primary key (tenant_id, hour)) ${clustered}`,
  ],
}
