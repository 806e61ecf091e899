// Policies and address groups with the history of each, and which defaults an organisation was given.
import type { Migration } from './migration.ts'

export const policies: Migration = {
  version: 3,
  name: 'policies',
  statements: ({ text, clustered }) => [
    `create table policy (id ${text} primary key, tenant_id ${text} not null, type ${text} not null,
      name ${text} not null, description ${text} not null, search ${text} not null, enabled bigint not null,
      origin ${text} not null, origin_id ${text}, locked bigint not null, from_group ${text},
      to_group ${text}, valid_from bigint, valid_until bigint, rule ${text} not null,
      created_at bigint not null, created_by ${text} not null, updated_at bigint not null,
      revision bigint not null)`,
    'create index policy_by_type on policy (tenant_id, type, id)',
    'create index policy_by_from_group on policy (tenant_id, from_group)',
    'create index policy_by_to_group on policy (tenant_id, to_group)',
    'create index policy_by_origin on policy (tenant_id, origin_id)',
    `create table address_group (id ${text} primary key, tenant_id ${text} not null, name ${text} not null,
      name_key ${text} not null, description ${text} not null, search ${text} not null,
      origin ${text} not null, entries ${text} not null, address_count bigint not null,
      domain_count bigint not null, created_at bigint not null, updated_at bigint not null,
      revision bigint not null)`,
    'create index address_group_by_name on address_group (tenant_id, name_key, id)',
    // Kept when the policy itself is gone.
    `create table policy_revision (tenant_id ${text} not null, subject_id ${text} not null,
      number bigint not null, at bigint not null, actor ${text} not null, action ${text} not null,
      reason ${text} not null, changes ${text} not null,
      primary key (tenant_id, subject_id, number)) ${clustered}`,
    // A default that somebody removed is not made again.
    `create table policy_default (tenant_id ${text} not null, name ${text} not null, made_at bigint not null,
      primary key (tenant_id, name)) ${clustered}`,
  ],
}
