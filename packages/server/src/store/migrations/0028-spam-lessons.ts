// What organisations teach about spam: each lesson as numbers, never the message, and what they add up to.
import type { Migration } from './migration.ts'

export const spamLessons: Migration = {
  version: 28,
  name: 'spam-lessons',
  statements: ({ text, clustered }) => [
    `create table spam_lesson (tenant_id ${text} not null, id ${text} not null, at bigint not null,
      actor ${text} not null, origin ${text} not null, is_spam bigint not null, digest ${text} not null,
      author ${text}, subject ${text}, odds double precision not null, features ${text} not null,
      primary key (tenant_id, id)) ${clustered}`,
    'create unique index spam_lesson_digest on spam_lesson (tenant_id, digest)',
    'create index spam_lesson_actor on spam_lesson (tenant_id, actor, at)',
    `create table spam_taught (tenant_id ${text} primary key, packed ${text}, is_due bigint not null,
      taught_at bigint)`,
    'create index spam_taught_due on spam_taught (is_due, taught_at)',
  ],
}
