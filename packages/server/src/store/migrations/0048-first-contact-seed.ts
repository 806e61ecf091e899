// First contact knows who wrote before its policy was made, and whom a release let in.
import type { Migration } from './migration.ts'

export const firstContactSeed: Migration = {
  version: 48,
  name: 'first-contact-seed',
  statements: ({ text }) => [
    // The author as edges look for it: noted at the release, since held mail was not seen by anybody yet.
    `alter table held_mail add column new_author ${text}`,
    // Whose tracking was read once; the rest comes from reports.
    `create table first_contact_seed (tenant_id ${text} primary key references tenant (id),
      seeded_at bigint not null, messages bigint not null, pairs bigint not null)`,
  ],
}
