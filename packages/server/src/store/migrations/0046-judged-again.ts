// Held mail that a policy would have deferred is judged again: when, and how often it was.
import type { Migration } from './migration.ts'

export const judgedAgain: Migration = {
  version: 46,
  name: 'judged-again',
  statements: () => [
    'alter table held_mail add column again_at bigint',
    'alter table held_mail add column judged bigint not null default 0',
    'create index held_mail_again on held_mail (again_at)',
    // What waited before this release begins with the first round.
    `update held_mail set again_at = held_at where because = 'deferred-for-this-recipient' and state = 'held'`,
  ],
}
