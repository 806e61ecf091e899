// Who may do what: roles that organisations make, roles by group, invitations, API tokens; and an audit log
// that the database itself keeps from being changed.
import type { Migration } from './migration.ts'

export const rolesAndTokens: Migration = {
  version: 18,
  name: 'roles and tokens',
  statements: ({ text, clustered, dialect }) => [
    'alter table role_binding add column as_operator bigint not null default 0',
    `alter table role_binding add column created_by ${text} not null default ''`,
    `create table custom_role (id ${text} primary key, tenant_id ${text} not null, name ${text} not null,
      name_key ${text} not null, description ${text} not null, permissions ${text} not null,
      created_at bigint not null, created_by ${text} not null, updated_at bigint not null,
      revision bigint not null, unique (tenant_id, name_key))`,
    // Everybody in the group holds the role, besides what is given to the person.
    `create table role_group (tenant_id ${text} not null, group_id ${text} not null, role ${text} not null,
      created_at bigint not null, created_by ${text} not null, primary key (tenant_id, group_id)) ${clustered}`,
    // One row for an address in a tenant until it is used: a newer invitation takes the older one's place.
    `create table invitation (id ${text} primary key, tenant_id ${text} not null, email ${text} not null,
      email_key ${text} not null, name ${text} not null, role ${text} not null, as_operator bigint not null,
      digest ${text} not null unique, created_at bigint not null, created_by ${text} not null,
      expires_at bigint not null, unique (tenant_id, email_key))`,
    // `tenant_id` is `system` for a token of the installation.
    `create table api_token (id ${text} primary key, tenant_id ${text} not null, name ${text} not null,
      hint ${text} not null, digest ${text} not null unique, permissions ${text} not null,
      created_at bigint not null, created_by ${text} not null, created_by_name ${text} not null,
      expires_at bigint not null, last_used_at bigint, last_used_from ${text}, revoked_at bigint)`,
    'create index api_token_by_tenant on api_token (tenant_id, id)',
    ...audit(text),
    ...(dialect === 'sqlite' ? sqliteGuards() : postgresGuards()),
  ],
}

function audit(text: string): readonly string[] {
  return [
    'alter table audit add column as_operator bigint not null default 0',
    `alter table audit add column outcome ${text} not null default 'done'`,
    'create index audit_by_actor on audit (tenant_id, actor_id, id)',
    'create index audit_by_action on audit (tenant_id, action, id)',
    'create index audit_by_address on audit (tenant_id, from_address, id)',
    'create index audit_by_time on audit (tenant_id, at)',
    // What retention took away and why: entries leave only behind such a note, and notes never.
    `create table audit_cut (id ${text} primary key, tenant_id ${text} not null, before_at bigint not null,
      at bigint not null, note ${text} not null)`,
    'create index audit_cut_by_tenant on audit_cut (tenant_id, before_at)',
  ]
}

function sqliteGuards(): readonly string[] {
  const never = (table: string, what: 'update' | 'delete'): string =>
    `create trigger ${table}_never_${what} before ${what} on ${table}
      begin select raise(abort, '${table} cannot be changed'); end`
  return [
    never('audit', 'update'),
    `create trigger audit_never_delete before delete on audit
      when not exists (select 1 from audit_cut where audit_cut.tenant_id = coalesce(old.tenant_id, 'system')
        and audit_cut.before_at > old.at)
      begin select raise(abort, 'audit cannot be changed'); end`,
    never('audit_cut', 'update'),
    never('audit_cut', 'delete'),
  ]
}

function postgresGuards(): readonly string[] {
  return [
    `create function gatepost_refuse_change() returns trigger language plpgsql as
      $$ begin raise exception '% cannot be changed', tg_table_name; end $$`,
    `create function gatepost_refuse_uncut() returns trigger language plpgsql as
      $$ begin
        if exists (select 1 from audit_cut where audit_cut.tenant_id = coalesce(old.tenant_id, 'system')
          and audit_cut.before_at > old.at) then return old; end if;
        raise exception 'audit cannot be changed';
      end $$`,
    `create trigger audit_never_update before update on audit
      for each row execute function gatepost_refuse_change()`,
    `create trigger audit_never_delete before delete on audit
      for each row execute function gatepost_refuse_uncut()`,
    `create trigger audit_cut_never before update or delete on audit_cut
      for each row execute function gatepost_refuse_change()`,
    `create trigger audit_never_emptied before truncate on audit
      for each statement execute function gatepost_refuse_change()`,
  ]
}
