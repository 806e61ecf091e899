// How long each organisation keeps what, what was removed by it, and what must not be erased.
import type { Migration } from './migration.ts'

export const retentionTables: Migration = {
  version: 19,
  name: 'retention',
  statements: ({ text, clustered }) => [
    // Null days: for ever. A class without a row is kept as it comes.
    `create table retention (tenant_id ${text} not null, class ${text} not null, days bigint,
      changed_at bigint not null, changed_by ${text} not null, revision bigint not null,
      primary key (tenant_id, class)) ${clustered}`,
    `create table retention_run (tenant_id ${text} not null, class ${text} not null, at bigint not null,
      removed bigint not null, primary key (tenant_id, class)) ${clustered}`,
    `create table data_hold (id ${text} primary key, tenant_id ${text} not null, address ${text} not null,
      address_key ${text} not null, reason ${text} not null, created_at bigint not null,
      created_by ${text} not null, unique (tenant_id, address_key))`,
  ],
}
