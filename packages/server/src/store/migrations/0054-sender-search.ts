// Large imports are searched before their entries are in the indexes that searches use: these trail behind.
import type { Migration } from './migration.ts'

export const senderSearch: Migration = {
  version: 54,
  name: 'sender-search',
  statements: () => [
    'alter table managed_sender add column in_search bigint not null default 1',
    // Whose entries may be outside of the indexes below: searches read theirs by the table's key.
    'alter table sender_list add column search_trails bigint not null default 0',
    'create index sender_list_trailing on sender_list (tenant_id, user_key) where search_trails = 1',
    'drop index managed_sender_by_sender',
    'drop index managed_sender_by_domain',
    `create index managed_sender_by_sender on managed_sender (tenant_id, sender, user_key)
      where in_search = 1`,
    `create index managed_sender_by_domain on managed_sender (tenant_id, sender_domain, user_key, sender)
      where in_search = 1`,
  ],
}
