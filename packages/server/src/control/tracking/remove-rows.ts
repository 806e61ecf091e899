// Takes messages out of a day file of tracking: for a tenant's shorter retention, and to erase a person.
import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '#platform/sqlite-transaction.ts'
import type { Removal } from './tracking-store.ts'

/** Removes messages with their attempts; returns how many. Words stay in the index, without any message. */
export function removeRows(database: DatabaseSync, what: Removal): number {
  return inTransaction(database, () => {
    const [condition, parameters] = conditionOf(what, 'id')
    const [attempts, attemptParameters] = conditionOf(what, 'message_id')
    database.prepare(`delete from tracking_attempt where ${attempts}`).run(...attemptParameters)
    const { changes } = database.prepare(`delete from tracking_message where ${condition}`).run(...parameters)
    return Number(changes)
  })
}

function conditionOf(what: Removal, idColumn: string): readonly [string, readonly string[]] {
  const list = 'select value from json_each(?)'
  if (what.kind === 'these') {
    return [`tenant_id = ? and ${idColumn} in (${list})`, [what.tenantId, JSON.stringify(what.ids)]]
  }
  const not = what.kind === 'all-but' ? 'not ' : ''
  return [`tenant_id ${not}in (${list})`, [JSON.stringify(what.tenants)]]
}
