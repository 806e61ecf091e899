// Auto allow: how an organisation wants it, entries that sampling suspended, and what was held, so that an
// answer to it permits nobody.
import type { Migration } from './migration.ts'

export const autoAllow: Migration = {
  version: 23,
  name: 'auto-allow',
  statements: ({ text, clustered }) => [
    'alter table managed_sender add column suspended_at bigint',
    `alter table managed_sender add column suspended_by ${text}`,
    // Few among millions: found by a run of their own.
    `create index managed_sender_suspended on managed_sender (tenant_id, user_key, sender)
      where suspended_at is not null`,
    `create table auto_allow_setting (tenant_id ${text} primary key, enabled bigint not null,
      days bigint not null, sample_percent bigint not null, revision bigint not null)`,
    // Message-IDs of held mail; a digest, as they are long and only compared.
    `create table held_reference (tenant_id ${text} not null, digest ${text} not null,
      held_at bigint not null, primary key (tenant_id, digest)) ${clustered}`,
    'create index held_reference_by_age on held_reference (held_at)',
  ],
}
