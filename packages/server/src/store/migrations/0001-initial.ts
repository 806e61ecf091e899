// The first schema: every table of part 1. Forward only; a shipped migration is never edited.
import type { Migration } from './migration.ts'

export const initial: Migration = {
  version: 1,
  name: 'initial',
  statements: ({ text, blob, position }) => [
    ...people(text),
    ...organisations(text),
    ...users(text, blob),
    ...mailFlow(text),
    ...history(text),
    ...publishing(text, position),
  ],
}

function people(text: string): readonly string[] {
  return [
    `create table person (id ${text} primary key, email ${text} not null, email_key ${text} not null unique,
      name ${text} not null, password ${text} not null, operator bigint not null,
      created_at bigint not null, updated_at bigint not null)`,
    `create table session (id ${text} primary key, digest ${text} not null unique,
      person_id ${text} not null references person (id) on delete cascade, created_at bigint not null,
      seen_at bigint not null, expires_at bigint not null, from_address ${text} not null,
      user_agent ${text} not null)`,
    'create index session_by_person on session (person_id)',
    'create index session_by_end on session (expires_at)',
    `create table setup_link (digest ${text} primary key, created_at bigint not null,
      expires_at bigint not null, used_at bigint)`,
  ]
}

function organisations(text: string): readonly string[] {
  return [
    `create table tenant (id ${text} primary key, slug ${text} not null unique, name ${text} not null,
      environment ${text} not null, inbound_only bigint not null, contact_name ${text} not null,
      contact_email ${text} not null, contact_phone ${text} not null, postmaster ${text},
      settings_revision bigint not null, revision bigint not null, created_at bigint not null)`,
    `create table role_binding (tenant_id ${text} not null references tenant (id) on delete cascade,
      person_id ${text} not null references person (id) on delete cascade, role ${text} not null,
      created_at bigint not null, primary key (tenant_id, person_id))`,
    'create index role_binding_by_person on role_binding (person_id)',
    `create table domain (id ${text} primary key, tenant_id ${text} not null references tenant (id),
      name ${text} not null, unicode_name ${text} not null, is_primary bigint not null,
      token ${text} not null, validated_at bigint, validated_by ${text}, expires_at bigint,
      recipient_mode ${text} not null, unknown_recipient ${text} not null, route_id ${text},
      observation ${text}, checked_at bigint, next_check_at bigint, failures bigint not null, mx_before ${text}, created_at bigint not null,
      revision bigint not null, unique (tenant_id, name))`,
    // Two tenants may both ask for a name, but only one can prove it.
    'create unique index domain_validated_once on domain (name) where validated_at is not null',
    'create index domain_due on domain (next_check_at)',
    `create table step_skip (tenant_id ${text} not null references tenant (id), step ${text} not null,
      skipped_at bigint not null, skipped_by ${text} not null, primary key (tenant_id, step))`,
    `create table observation (tenant_id ${text} not null, subject ${text} not null, name ${text} not null,
      value ${text} not null, checked_at bigint not null, next_check_at bigint, failures bigint not null,
      primary key (tenant_id, subject, name))`,
    'create index observation_due on observation (next_check_at)',
  ]
}

function users(text: string, blob: string): readonly string[] {
  return [
    `create table "user" (id ${text} primary key, tenant_id ${text} not null references tenant (id),
      email ${text} not null, email_key ${text} not null, name ${text} not null, name_key ${text} not null,
      enabled bigint not null, created_at bigint not null, updated_at bigint not null,
      revision bigint not null, unique (tenant_id, email_key))`,
    'create index user_by_name on "user" (tenant_id, name_key)',
    `create table user_address (tenant_id ${text} not null references tenant (id),
      address_key ${text} not null, address ${text} not null,
      user_id ${text} not null references "user" (id) on delete cascade,
      is_primary bigint not null, domain ${text} not null, source ${text} not null,
      created_at bigint not null, primary key (tenant_id, address_key))`,
    'create index user_address_by_user on user_address (user_id)',
    'create index user_address_by_domain on user_address (tenant_id, domain)',
    `create table user_source (tenant_id ${text} not null references tenant (id),
      user_id ${text} not null references "user" (id) on delete cascade, source ${text} not null,
      reference ${text}, since bigint not null, primary key (user_id, source))`,
    'create index user_source_by_tenant on user_source (tenant_id, source)',
    `create table user_import (id ${text} primary key, tenant_id ${text} not null references tenant (id),
      state ${text} not null, file_name ${text} not null, raw ${blob} not null, preview ${text} not null,
      undo ${text}, created_at bigint not null, created_by ${text} not null, committed_at bigint,
      undo_until bigint)`,
    'create index user_import_by_tenant on user_import (tenant_id, created_at)',
  ]
}

function mailFlow(text: string): readonly string[] {
  return [
    `create table route (id ${text} primary key, tenant_id ${text} not null references tenant (id),
      name ${text} not null, host ${text} not null, port bigint not null, tls ${text} not null,
      alternate_id ${text}, default_for ${text}, last_test ${text}, created_at bigint not null,
      revision bigint not null)`,
    'create index route_by_tenant on route (tenant_id, name)',
    'create unique index route_default_once on route (tenant_id, default_for) where default_for is not null',
    `create table authorized_outbound (id ${text} primary key,
      tenant_id ${text} not null references tenant (id), address ${text} not null, comment ${text} not null,
      created_at bigint not null, created_by ${text} not null, last_seen_at bigint, revision bigint not null,
      unique (tenant_id, address))`,
  ]
}

function history(text: string): readonly string[] {
  return [
    `create table audit (id ${text} primary key, tenant_id ${text}, at bigint not null,
      actor_kind ${text} not null, actor_id ${text}, actor ${text} not null, from_address ${text} not null,
      action ${text} not null, subject ${text} not null, before ${text}, after ${text})`,
    'create index audit_by_tenant on audit (tenant_id, id)',
    `create table revision (id ${text} primary key, tenant_id ${text} not null references tenant (id),
      number bigint not null, at bigint not null, actor ${text} not null, subject ${text} not null,
      reason ${text} not null, diff ${text} not null, unique (tenant_id, number))`,
    `create table activity (id ${text} primary key, tenant_id ${text} not null references tenant (id),
      at bigint not null, kind ${text} not null, text ${text} not null, message_id ${text}, step ${text})`,
    'create index activity_by_tenant on activity (tenant_id, at)',
  ]
}

function publishing(text: string, position: string): readonly string[] {
  return [
    `create table feed (position ${position}, tenant_id ${text} not null, list ${text} not null,
      key ${text} not null, value ${text}, at bigint not null)`,
    'create index feed_by_key on feed (tenant_id, list, key, position)',
    `create table snapshot (version bigint primary key, feed_position bigint not null,
      created_at bigint not null)`,
    `create table shard (digest ${text} primary key, tenant_id ${text} not null, body ${text} not null,
      version bigint not null, created_at bigint not null, replaced_at bigint)`,
    'create index shard_by_tenant on shard (tenant_id)',
    `create table tenant_dirty (tenant_id ${text} primary key, mark bigint not null, since bigint not null)`,
    `create table node_edge (node ${text} not null, slot bigint not null, version bigint not null,
      seen_at bigint not null, sequence bigint not null, primary key (node, slot))`,
  ]
}
