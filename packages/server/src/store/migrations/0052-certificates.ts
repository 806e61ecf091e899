// Certificates fetched by ACME: the account at the authority, what was issued with when it is renewed, and
// the proofs that any node answers with while a name is looked at.
import type { Migration } from './migration.ts'

export const certificates: Migration = {
  version: 52,
  name: 'certificates',
  statements: ({ text }) => [
    `create table acme_account (directory ${text} primary key, private_key ${text} not null,
      created_at bigint not null)`,
    `create table acme_challenge (token ${text} primary key, proof ${text} not null,
      expires_at bigint not null)`,
    `create table certificate (name ${text} primary key, directory ${text} not null, chain ${text},
      private_key ${text}, key_made_at bigint, not_before bigint, not_after bigint, issued_at bigint,
      next_at bigint not null, tried_at bigint, failures bigint not null, last_error ${text})`,
  ],
}
