// An edge's part of a backup: copies its spools into the folder that control names, while they are at work.
import { join } from 'node:path'
import type { Order, OrderResult } from '#link/orders.ts'
import type { Clock } from '#platform/clock.ts'
import type { ThreadSpool } from '#spool/thread-spool.ts'

type BackupOrder = Extract<Order, { kind: 'backup' }>

/** Below what an order may take: control asks again. */
const ANSWER_MS = 20_000

/** Carries `backup` orders out: the first one of a backup begins the copy, later ones ask for it. */
export function createEdgeBackup(
  spools: readonly Pick<ThreadSpool, 'copyTo'>[],
  clock: Clock,
): (order: BackupOrder) => Promise<OrderResult> {
  let current: { readonly backupId: string; readonly copied: Promise<number> } | null = null
  return async ({ backupId, folder }) => {
    if (current?.backupId !== backupId) current = { backupId, copied: copyAll(spools, join(folder, 'spool')) }
    const over = new AbortController()
    const late = clock.sleep(ANSWER_MS, over.signal).then(() => null)
    const messages = await Promise.race([current.copied, late]).finally(() => over.abort())
    return messages === null
      ? { kind: 'backup', isDone: false, messages: 0 }
      : { kind: 'backup', isDone: true, messages }
  }
}

async function copyAll(spools: readonly Pick<ThreadSpool, 'copyTo'>[], folder: string): Promise<number> {
  let sum = 0
  for (const spool of spools) sum += (await spool.copyTo(folder)).messages
  return sum
}
