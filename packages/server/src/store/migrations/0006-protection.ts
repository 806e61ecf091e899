// Who is written to and who sends as us: recipients seen, services that use our domains, trusted services,
// and the further ways to validate recipients.
import type { Migration } from './migration.ts'

export const protection: Migration = {
  version: 6,
  name: 'protection',
  statements: ({ text, clustered }) => [
    `alter table domain add column call_forward_sender ${text} not null default 'original'`,
    `alter table domain add column call_forward_silent ${text} not null default 'defer'`,
    'alter table domain add column learning_until bigint',
    // Recipients taken without being listed, while a domain accepts all or learns.
    `create table seen_recipient (tenant_id ${text} not null, domain ${text} not null,
      address ${text} not null, first_seen_at bigint not null, last_seen_at bigint not null,
      messages bigint not null, delivered bigint not null, refused bigint not null,
      dismissed_at bigint, primary key (tenant_id, address)) ${clustered}`,
    'create index seen_recipient_by_domain on seen_recipient (tenant_id, domain, messages, address)',
    // One row for each sender of ours from outside, by what it is recognised by.
    `create table spoof_source (tenant_id ${text} not null, domain ${text} not null, kind ${text} not null,
      source ${text} not null, first_seen_at bigint not null, last_seen_at bigint not null,
      accepted bigint not null, refused bigint not null, reported bigint not null,
      sample ${text} not null, dismissed_at bigint,
      primary key (tenant_id, domain, kind, source)) ${clustered}`,
    `create table trusted_service (id ${text} primary key, tenant_id ${text} not null, name ${text} not null,
      catalogue ${text}, identity ${text} not null, value ${text} not null, senders ${text} not null,
      comment ${text} not null, created_at bigint not null, created_by ${text} not null,
      revision bigint not null)`,
    'create index trusted_service_by_tenant on trusted_service (tenant_id, name)',
  ],
}
