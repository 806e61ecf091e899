// What an administrator or a list says of a user beside its directories.
import type { Migration } from './migration.ts'

export const userAttributes: Migration = {
  version: 11,
  name: 'user-attributes',
  statements: ({ text }) => [
    `alter table "user" add column local_attributes ${text} not null default '[]'`,
    'create index group_member_by_group on group_member (tenant_id, group_id)',
  ],
}
