// People from many sources: which source names a user by what id and what it said last, users' kinds and
// attributes, and groups with members, those of directories among them.
import type { Migration } from './migration.ts'

export const people: Migration = {
  version: 10,
  name: 'people',
  statements: ({ text, clustered }) => [
    `alter table "user" add column kind ${text} not null default 'user'`,
    'alter table "user" add column enabled_locally bigint not null default 1',
    `alter table "user" add column attributes ${text} not null default '[]'`,
    'update "user" set enabled_locally = enabled',
    'create index user_by_kind on "user" (tenant_id, kind)',
    `alter table user_address add column named_by ${text} not null default ''`,
    'update user_address set named_by = source',
    // A user may stand in two directories of one kind, so the connector is part of the key.
    'alter table user_source rename to user_source_before',
    `create table user_source (tenant_id ${text} not null references tenant (id),
      user_id ${text} not null references "user" (id) on delete cascade, source ${text} not null,
      connector_id ${text} not null default '', external_id ${text}, reference ${text}, claim ${text},
      since bigint not null, seen_at bigint not null, primary key (user_id, source, connector_id))`,
    `insert into user_source (tenant_id, user_id, source, connector_id, reference, since, seen_at)
      select tenant_id, user_id, source, '', reference, since, since from user_source_before`,
    'drop table user_source_before',
    'create index user_source_by_tenant on user_source (tenant_id, source, connector_id)',
    `create unique index user_source_by_external on user_source (tenant_id, connector_id, external_id)
      where external_id is not null`,
    `alter table address_group add column source ${text}`,
    `alter table address_group add column connector_id ${text} not null default ''`,
    `alter table address_group add column external_id ${text}`,
    'alter table address_group add column member_count bigint not null default 0',
    `create unique index address_group_by_external on address_group (tenant_id, connector_id, external_id)
      where external_id is not null`,
    // Users in groups, nested groups flattened.
    `create table group_member (tenant_id ${text} not null, group_id ${text} not null,
      user_id ${text} not null references "user" (id) on delete cascade,
      primary key (tenant_id, group_id, user_id)) ${clustered}`,
    'create index group_member_by_user on group_member (user_id)',
    // Direct members as a directory lists them: ids there, of users and of groups alike.
    `create table group_link (tenant_id ${text} not null, group_id ${text} not null, member ${text} not null,
      primary key (tenant_id, group_id, member)) ${clustered}`,
    'create index group_link_by_member on group_link (tenant_id, member)',
  ],
}
