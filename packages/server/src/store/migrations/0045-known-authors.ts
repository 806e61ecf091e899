// Authors who wrote before, as digests of who wrote to whom, for first-contact policies.
import type { Migration } from './migration.ts'

export const knownAuthors: Migration = {
  version: 45,
  name: 'known-authors',
  statements: ({ text, clustered }) => [
    `create table known_author (tenant_id ${text} not null references tenant (id), key ${text} not null,
      seen_at bigint not null, primary key (tenant_id, key)) ${clustered}`,
    'create index known_author_seen on known_author (seen_at)',
  ],
}
