// What leaves signed: keys of domains with their stages, how each domain rotates, and whose seals are
// believed.
import type { Migration } from './migration.ts'

export const signing: Migration = {
  version: 22,
  name: 'signing',
  statements: ({ text, clustered }) => [
    // The private half is sealed, and null once the key is gone.
    `create table dkim_key (id ${text} primary key, tenant_id ${text} not null, domain_id ${text} not null,
      domain ${text} not null, selector ${text} not null, algorithm ${text} not null,
      origin ${text} not null, private_key ${text}, public_key ${text} not null, bits bigint not null,
      state ${text} not null, created_at bigint not null, created_by ${text} not null, seen_at bigint,
      activated_at bigint, retired_at bigint, retire_until bigint, gone_at bigint, look ${text},
      misses bigint not null, checked_at bigint, next_check_at bigint, revision bigint not null)`,
    'create unique index dkim_key_by_selector on dkim_key (tenant_id, domain, selector)',
    'create index dkim_key_due on dkim_key (next_check_at) where next_check_at is not null',
    `create table signing_domain (tenant_id ${text} not null, domain_id ${text} not null,
      enabled bigint not null, rotate_days bigint, overlap_days bigint not null, revision bigint not null,
      primary key (tenant_id, domain_id)) ${clustered}`,
    `create table arc_setting (tenant_id ${text} primary key, seals ${text} not null,
      sealers ${text} not null, revision bigint not null)`,
  ],
}
