// When a domain went to another organisation that proved it anew (C1): the row stays, to tell what happened.
import type { Migration } from './migration.ts'

export const lostDomains: Migration = {
  version: 56,
  name: 'lost-domains',
  statements: () => [
    'alter table domain add column lost_at bigint',
    // Who else wants a name, across organisations.
    'create index domain_by_name on domain (name)',
  ],
}
