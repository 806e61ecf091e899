// Logins of delivery routes, for hosts that take mail after AUTH only.
import type { Migration } from './migration.ts'

export const routeLogins: Migration = {
  version: 27,
  name: 'route-logins',
  statements: ({ text }) => [
    `alter table route add column login_user ${text}`,
    // Sealed.
    `alter table route add column login_password ${text}`,
    `alter table route add column login_mechanisms ${text} not null default '[]'`,
  ],
}
