// Held mail as people look at it: one row a held recipient, what was decided, and who asked for its release;
// what an organisation allows its users; and times at which the gateway was not running.
import type { Migration } from './migration.ts'

export const heldMail: Migration = {
  version: 30,
  name: 'held-mail',
  statements: ({ text, clustered }) => [
    `create table held_mail (tenant_id ${text} not null, message_id ${text} not null,
      recipient_index bigint not null, recipient ${text} not null, mailbox ${text} not null,
      class ${text} not null, because ${text} not null, rule_name ${text}, score double precision,
      author ${text}, reverse_path ${text}, subject ${text}, size bigint not null,
      direction ${text} not null, held_at bigint not null, state ${text} not null,
      decided_at bigint, decided_by ${text}, decision ${text},
      told_at bigint, requested_at bigint, requested_by ${text}, request_text ${text},
      seconded_by ${text}, seconded_at bigint,
      primary key (tenant_id, message_id, recipient_index)) ${clustered}`,
    'create index held_mail_open on held_mail (tenant_id, state, message_id)',
    'create index held_mail_of on held_mail (tenant_id, mailbox, state, message_id)',
    'create index held_mail_by_age on held_mail (held_at)',
    `create table held_setting (tenant_id ${text} primary key, rules ${text} not null,
      notify_at_once bigint not null, revision bigint not null)`,
    `create table downtime (id ${text} primary key, from_at bigint not null, until_at bigint not null)`,
    `create table heartbeat (id ${text} primary key, at bigint not null)`,
    `create table mail_watch (tenant_id ${text} not null, id ${text} not null, sender ${text},
      recipient ${text}, subject ${text}, tell ${text} not null, created_at bigint not null,
      created_by ${text} not null, expires_at bigint not null, found_at bigint, found_id ${text},
      primary key (tenant_id, id)) ${clustered}`,
    'create index mail_watch_open on mail_watch (found_at, expires_at)',
  ],
}
