// Further hosts of a delivery route, which share its load.
import type { Migration } from './migration.ts'

export const sharedRoutes: Migration = {
  version: 25,
  name: 'shared-routes',
  statements: ({ text }) => [`alter table route add column more_hosts ${text} not null default '[]'`],
}
