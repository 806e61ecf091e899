// The codes beside sentences that are kept (decision 0030): of alerts, of what happened, and of changes of
// checks. Rows of before have none and show their English.
import type { Migration } from './migration.ts'

export const said: Migration = {
  version: 57,
  name: 'said',
  statements: ({ text }) => [
    `alter table alert add column said ${text}`,
    `alter table activity add column said ${text}`,
    `alter table check_change add column said ${text}`,
  ],
}
