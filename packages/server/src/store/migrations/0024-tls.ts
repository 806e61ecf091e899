// Partners whose TLS is tested (C15).
import type { Migration } from './migration.ts'

export const tlsPartners: Migration = {
  version: 24,
  name: 'tls-partners',
  statements: ({ text, clustered }) => [
    `create table tls_partner (tenant_id ${text} not null references tenant (id), domain ${text} not null,
      added_at bigint not null, added_by ${text} not null, test ${text},
      primary key (tenant_id, domain)) ${clustered}`,
  ],
}
