// When each check of Connect changed.
import type { Migration } from './migration.ts'

export const checkHistory: Migration = {
  version: 40,
  name: 'check-history',
  statements: ({ text, clustered }) => [
    `create table check_state (tenant_id ${text} not null, step ${text} not null, "check" ${text} not null,
      state ${text} not null, since bigint not null, primary key (tenant_id, step, "check")) ${clustered}`,
    `create table check_change (id ${text} primary key, tenant_id ${text} not null, at bigint not null,
      step ${text} not null, "check" ${text} not null, title ${text} not null, state ${text} not null,
      saw ${text} not null)`,
    'create index check_change_by_step on check_change (tenant_id, step, id)',
    'create index check_change_by_time on check_change (at)',
  ],
}
