// How people of an organisation sign in: profiles, identity providers, and rules for passwords.
import type { Migration } from './migration.ts'

export const signInProfiles: Migration = {
  version: 17,
  name: 'sign-in profiles',
  statements: ({ text, clustered }) => [
    `create table sign_in_profile (tenant_id ${text} not null, id ${text} not null, name ${text} not null,
      position bigint not null, settings ${text} not null, created_at bigint not null,
      revision bigint not null, primary key (tenant_id, id)) ${clustered}`,
    `create table identity_provider (id ${text} primary key, tenant_id ${text} not null, kind ${text} not null,
      name ${text} not null, settings ${text} not null, secret ${text}, secret_at bigint,
      enabled bigint not null, test ${text}, last_used_at bigint, created_at bigint not null,
      revision bigint not null)`,
    'create index identity_provider_by_tenant on identity_provider (tenant_id, id)',
    `create table sign_in_settings (tenant_id ${text} primary key, rules ${text} not null, chosen_at bigint,
      directory_test ${text}, vouches_for_operators bigint not null, revision bigint not null)`,
  ],
}
