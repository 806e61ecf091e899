// Managed senders: one row for each sender that an internal user permits or blocks, by the ten million.
import type { Migration } from './migration.ts'

export const managedSenders: Migration = {
  version: 4,
  name: 'managed-senders',
  statements: ({ text, clustered }) => [
    `create table managed_sender (tenant_id ${text} not null, user_key ${text} not null,
      sender ${text} not null, sender_domain ${text} not null, action ${text} not null,
      source ${text} not null, only_if_authenticated bigint not null, comment ${text} not null,
      expires_at bigint, created_at bigint not null, created_by ${text} not null,
      updated_at bigint not null, last_used_at bigint, reference ${text},
      primary key (tenant_id, user_key, sender)) ${clustered}`,
    'create index managed_sender_by_sender on managed_sender (tenant_id, sender, user_key)',
    `create index managed_sender_by_domain on managed_sender (tenant_id, sender_domain, user_key, sender)`,
    // Kinds that are few among millions have runs of their own; what most entries are needs none.
    `create index managed_sender_by_source on managed_sender (tenant_id, source, user_key, sender)
      where source <> 'imported'`,
    `create index managed_sender_blocked on managed_sender (tenant_id, user_key, sender)
      where action = 'block'`,
    `create index managed_sender_by_end on managed_sender (tenant_id, expires_at)
      where expires_at is not null`,
    // One row for each user who has entries: counts and "waiting" cost the users, not the entries.
    `create table sender_list (tenant_id ${text} not null, user_key ${text} not null,
      entries bigint not null, changed_at bigint not null, primary key (tenant_id, user_key)) ${clustered}`,
    // Lists of aliases are those of their users: edges learn whose each alias is.
    `insert into feed (tenant_id, list, key, value, at)
      select a.tenant_id, 'recipient', a.address_key,
        '{"source":"' || a.source || '","user":"' || u.email_key || '"}', a.created_at
      from user_address a join "user" u on u.id = a.user_id
      where a.is_primary = 0 and u.email_key not like '%"%' and u.email_key not like '%\\%'`,
    `alter table user_import add column kind ${text} not null default 'users'`,
  ],
}
