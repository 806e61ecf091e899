// Entries that an accepting edge writes into its machine's replica before control's feed brings them
// (decisions 19). What stands there already stays, unless it came the same way or has run out.
import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '#platform/sqlite-transaction.ts'
import { type ManagedSenderValue, managedSenderRow } from './managed-sender.ts'

export type AllowedAhead = {
  readonly tenantId: string
  /** Of the list `managed-sender`. */
  readonly key: string
  readonly value: ManagedSenderValue
}

/** Writes in one transaction. `now` in epoch milliseconds. */
export function writeAhead(database: DatabaseSync, entries: readonly AllowedAhead[], now: number): void {
  inTransaction(database, () => {
    const numbered = database.prepare(
      `insert into list (tenant_id, name) values (?, 'managed-sender')
        on conflict (tenant_id, name) do update set name = excluded.name returning number`,
    )
    const find = database.prepare('select value from entry where list = ? and key = ?')
    const put = database.prepare('insert or replace into entry (list, key, value) values (?, ?, ?)')
    for (const { tenantId, key, value } of entries) {
      const number = Number(numbered.get(tenantId)!.number)
      const there = find.get(number, key)
      if (there !== undefined && isStanding(String(there.value), now)) continue
      put.run(number, key, JSON.stringify(value))
    }
  })
}

function isStanding(text: string, now: number): boolean {
  const row = managedSenderRow(JSON.parse(text) as ManagedSenderValue)
  return row.source !== 'auto-allow' && (row.expiresAt === null || row.expiresAt > now)
}
