// Greylisting as edges report it: figures by the hour, deferrals that ended, and identities that pass.
import type { Migration } from './migration.ts'

export const greylistingTables: Migration = {
  version: 5,
  name: 'greylisting',
  statements: ({ text, clustered }) => [
    `create table greylist_hour (tenant_id ${text} not null, hour bigint not null,
      deferred bigint not null, observed bigint not null, lost bigint not null, accepted bigint not null,
      delay_ms bigint not null, delays ${text} not null, primary key (tenant_id, hour)) ${clustered}`,
    // Ids begin with the time, so that the key is also the order.
    `create table greylist_ended (tenant_id ${text} not null, id ${text} not null, outcome ${text} not null,
      reverse_path ${text} not null, forward_path ${text} not null, client_ip ${text} not null,
      identity ${text} not null, first_at bigint not null, ended_at bigint not null,
      attempts bigint not null, primary key (tenant_id, id)) ${clustered}`,
    `create table greylist_pass (tenant_id ${text} not null, identity ${text} not null,
      passed_at bigint not null, primary key (tenant_id, identity)) ${clustered}`,
    'create index greylist_pass_by_age on greylist_pass (tenant_id, passed_at)',
    // Reports taken, so that one that comes twice counts once.
    `create table greylist_report (id ${text} primary key, taken_at bigint not null)`,
    'create index greylist_report_by_age on greylist_report (taken_at)',
  ],
}
