// Outbound: logins of mail hosts, shared clouds and the ids that were proven there, forwarding addresses, and
// what each sender usually sends.
import type { Migration } from './migration.ts'

export const outbound: Migration = {
  version: 20,
  name: 'outbound',
  statements: ({ text, clustered }) => [
    `create table smtp_credential (id ${text} primary key, tenant_id ${text} not null, name ${text} not null,
      username ${text} not null, keys ${text} not null, created_at bigint not null, created_by ${text} not null,
      changed_at bigint not null, last_seen_at bigint, last_address ${text}, revision bigint not null)`,
    'create unique index smtp_credential_by_username on smtp_credential (username)',
    'create index smtp_credential_by_tenant on smtp_credential (tenant_id, name)',
    `create table cloud_link (tenant_id ${text} not null, provider ${text} not null,
      secret_digest ${text}, secret_at bigint, created_at bigint not null, created_by ${text} not null,
      last_seen_at bigint, revision bigint not null, primary key (tenant_id, provider)) ${clustered}`,
    // An id stays proven while its domain stays validated; one id is one organisation's.
    `create table cloud_tenant (tenant_id ${text} not null, provider ${text} not null,
      cloud_id ${text} not null, domain ${text} not null, proven_at bigint not null,
      checked_at bigint not null, primary key (provider, cloud_id)) ${clustered}`,
    'create index cloud_tenant_by_tenant on cloud_tenant (tenant_id, provider)',
    `create table forwarding_address (id ${text} primary key, tenant_id ${text} not null,
      address ${text} not null, target ${text} not null, keep_copy bigint not null, comment ${text} not null,
      created_at bigint not null, created_by ${text} not null, last_seen_at bigint, revision bigint not null)`,
    'create unique index forwarding_by_address on forwarding_address (tenant_id, address)',
    `create table outbound_setting (tenant_id ${text} primary key, srs_key ${text},
      hourly_recipients bigint, revision bigint not null)`,
    `create table sender_hour (tenant_id ${text} not null, kind ${text} not null, identity ${text} not null,
      hour bigint not null, messages bigint not null, recipients bigint not null,
      primary key (tenant_id, kind, identity, hour)) ${clustered}`,
    'create index sender_hour_by_hour on sender_hour (hour)',
    `create table sender_warning (id ${text} primary key, tenant_id ${text} not null, kind ${text} not null,
      identity ${text} not null, action ${text} not null, began_at bigint not null,
      recipients bigint not null, usual bigint not null, sample ${text} not null,
      released_at bigint, released_by ${text}, revision bigint not null)`,
    'create index sender_warning_by_tenant on sender_warning (tenant_id, released_at, began_at)',
  ],
}
