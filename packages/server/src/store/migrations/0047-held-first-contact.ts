// Held mail whose author writes for the first time says so, in digests too.
import type { Migration } from './migration.ts'

export const heldFirstContact: Migration = {
  version: 47,
  name: 'held-first-contact',
  statements: () => ['alter table held_mail add column first_contact bigint not null default 0'],
}
