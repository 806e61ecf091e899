// Collections of contacts: runs over sent mail, the parts they read, and who wrote to whom.
import type { Migration } from './migration.ts'

export const contacts: Migration = {
  version: 37,
  name: 'contacts',
  statements: ({ text, clustered }) => [
    `create table contact_run (id ${text} primary key, tenant_id ${text} not null, source ${text} not null,
      state ${text} not null, settings ${text} not null, secret ${text}, rules ${text} not null,
      until bigint not null, started_at bigint not null, started_by ${text} not null, finished_at bigint,
      active_ms bigint not null, parts bigint, part_index bigint not null, cursor ${text},
      part_title ${text} not null, part_seen bigint not null, part_total bigint, seen bigint not null,
      left_out ${text} not null, skipped bigint not null, waiting ${text}, why ${text}, remedy ${text})`,
    'create index contact_run_by_tenant on contact_run (tenant_id, id)',
    'create index contact_run_by_state on contact_run (state)',
    `create table contact_part (tenant_id ${text} not null, run_id ${text} not null, position bigint not null,
      part_id ${text} not null, title ${text} not null, skipped ${text},
      primary key (tenant_id, run_id, position)) ${clustered}`,
    `create table contact_pair (tenant_id ${text} not null, run_id ${text} not null, user_key ${text} not null,
      external ${text} not null, count bigint not null, first_at bigint, last_at bigint,
      is_robot bigint not null, unticked bigint not null,
      primary key (tenant_id, run_id, user_key, external)) ${clustered}`,
  ],
}
