// Delivery can be paused, for an organisation or for one of its routes.
import type { Migration } from './migration.ts'

export const pause: Migration = {
  version: 2,
  name: 'pause',
  statements: () => [
    'alter table tenant add column delivery_paused bigint not null default 0',
    'alter table route add column paused bigint not null default 0',
  ],
}
