// Mailboxes that a collection of contacts gave up before it read any of them: they are tried once more.
import type { Migration } from './migration.ts'

export const contactsAgain: Migration = {
  version: 55,
  name: 'contacts-again',
  statements: () => ['alter table contact_part add column untouched bigint not null default 0'],
}
