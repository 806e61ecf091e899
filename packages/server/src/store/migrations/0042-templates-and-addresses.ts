// Templates of an operator with the organisations that follow them, our addresses as they are announced, and
// what each organisation used by day.
import type { Migration } from './migration.ts'

export const templatesAndAddresses: Migration = {
  version: 42,
  name: 'templates-and-addresses',
  statements: ({ text }) => [
    `create table template (id ${text} primary key, name ${text} not null, settings ${text} not null,
      created_at bigint not null, created_by ${text} not null, updated_at bigint not null,
      revision bigint not null)`,
    'create unique index template_name on template (name)',
    `create table template_use (tenant_id ${text} primary key references tenant (id),
      template_id ${text} not null, applied_at bigint not null, applied_by ${text} not null,
      template_revision bigint not null)`,
    'create index template_use_template on template_use (template_id)',
    `create table own_address (address ${text} primary key, purposes ${text} not null,
      announced_at bigint not null, announced_by ${text} not null, active_from bigint not null,
      ends_at bigint, note ${text} not null)`,
    `create table address_confirmation (tenant_id ${text} not null references tenant (id),
      address ${text} not null, confirmed_at bigint not null, confirmed_by ${text} not null,
      primary key (tenant_id, address))`,
    `create table usage_day (tenant_id ${text} not null references tenant (id), day ${text} not null,
      inbound bigint not null, outbound bigint not null, refused bigint not null, octets bigint not null,
      users bigint not null, stored bigint not null, counted_at bigint not null,
      primary key (tenant_id, day))`,
    'create index usage_day_day on usage_day (day)',
  ],
}
