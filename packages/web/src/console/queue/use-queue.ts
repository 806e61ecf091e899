// The queue's page of rows, read every ten seconds; rows keep their places while one is selected or focused.
import { listQueue, type QueuedMessage, type QueueFilter } from '@gatepost/contract/queue.ts'
import { useEffect, useMemo, useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { type Row, steadyRows } from './queue-rows.ts'

const READ_MS = 10_000
export const ROWS_PER_PAGE = 50

type Options = {
  readonly tenant: string
  readonly filter: QueueFilter
  readonly after: string | undefined
  /** A row is selected or focused. */
  readonly steady: boolean
}

export function useQueue({ tenant, filter, after, steady }: Options) {
  const page = useEndpoint(
    listQueue,
    { params: { tenant }, query: { ...filter, limit: ROWS_PER_PAGE, ...(after ? { after } : {}) } },
    { keepPrevious: true, refetchInterval: READ_MS },
  )
  const [kept, setKept] = useState<readonly QueuedMessage[] | null>(null)
  const key = JSON.stringify([tenant, filter, after])
  useEffect(() => setKept(null), [key])
  useEffect(() => setKept(steady ? (page.data?.items ?? null) : null), [steady, key])
  const rows: readonly Row[] = useMemo(() => {
    if (!page.data) return []
    return kept ? steadyRows(kept, page.data) : page.data.items.map((message) => ({ message, gone: false }))
  }, [page.data, kept])
  const known = new Set(rows.map(({ message }) => message.id))
  const waiting = page.data?.items.filter(({ id }) => !known.has(id)).length ?? 0
  return {
    page,
    rows,
    /** New messages that have no row yet. */
    waiting,
    showNew: () => setKept(page.data?.items ?? null),
  }
}
