// Digests: schedules, users' own choices, who is told for shared mailboxes, what was sent, and the links in
// it.
import type { Migration } from './migration.ts'

export const digests: Migration = {
  version: 32,
  name: 'digests',
  statements: ({ text, clustered }) => [
    `create table digest_setting (tenant_id ${text} primary key, enabled bigint not null,
      schedule ${text} not null, language ${text} not null, classes ${text} not null,
      delegates ${text} not null, next_at bigint, last_at bigint, revision bigint not null)`,
    'create index digest_due on digest_setting (next_at)',
    `create table digest_choice (tenant_id ${text} not null, mailbox ${text} not null, digest ${text},
      language ${text}, primary key (tenant_id, mailbox)) ${clustered}`,
    `create table digest_sent (tenant_id ${text} not null, mailbox ${text} not null, at bigint not null,
      messages bigint not null, reason ${text} not null, primary key (tenant_id, mailbox, at)) ${clustered}`,
    'create index digest_sent_by_age on digest_sent (at)',
    `create table digest_link (digest ${text} primary key, tenant_id ${text} not null,
      mailbox ${text} not null, reader ${text} not null, message_id ${text} not null,
      recipient_index bigint not null, created_at bigint not null, expires_at bigint not null,
      used_at bigint, used_for ${text})`,
    'create index digest_link_by_age on digest_link (expires_at)',
  ],
}
