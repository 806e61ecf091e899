// One application at Microsoft that an operator shares with all organisations, and which tenant of Microsoft
// each of them consented for (V1).
import type { Migration } from './migration.ts'

export const providerApp: Migration = {
  version: 31,
  name: 'provider-app',
  statements: ({ text }) => [
    `create table provider_app (id ${text} primary key, client_id ${text} not null, cloud ${text} not null,
      credential ${text} not null, secret ${text} not null, secret_set_at bigint not null,
      secret_expires_at bigint, updated_at bigint not null, updated_by ${text} not null)`,
    `create table entra_consent (tenant_id ${text} primary key references tenant (id),
      entra_tenant ${text} not null, domain ${text} not null, client_id ${text} not null,
      consented_at bigint not null, asked_by ${text} not null)`,
    // A tenant of Microsoft belongs to one organisation here.
    'create unique index entra_consent_entra_tenant on entra_consent (entra_tenant)',
  ],
}
