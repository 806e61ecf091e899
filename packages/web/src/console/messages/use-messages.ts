// The message list with its live tail: newer rows every second, changed states less often.
import { listMessages, type MessageRow } from '@gatepost/contract/message.ts'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { mergeRows } from './merge-rows.ts'
import type { Query } from './message-search.ts'

/** Between an answer and the next question; the server itself waits for newer rows. */
const TAIL_MS = 1_000
const TAIL_WAIT_S = 20
const STATES_MS = 5_000
export const ROWS_PER_PAGE = 50
/** The tail keeps at most this many rows beyond the page, so that a busy night can't fill the browser. */
const TAIL_ROWS_MAX = 500

type Options = {
  readonly tenant: string
  readonly query: Query
  readonly after: string | undefined
  readonly live: boolean
}

export function useMessages({ tenant, query, after, live }: Options) {
  const client = useQueryClient()
  const tailing = live && after === undefined
  const input = { params: { tenant }, query: { ...query, limit: ROWS_PER_PAGE, after } }
  const page = useEndpoint(listMessages, input, {
    keepPrevious: true,
    refetchInterval: tailing ? STATES_MS : false,
  })
  const base = page.data?.items
  const [fresh, setFresh] = useState<readonly MessageRow[]>([])
  const known = useRef<ReadonlySet<string> | null>(null)
  const key = JSON.stringify([tenant, query, after])
  useEffect(() => {
    setFresh([])
    known.current = null
  }, [key])
  const since = fresh[0]?.id ?? base?.[0]?.id
  const tail = useEndpoint(
    listMessages,
    { params: { tenant }, query: { ...query, limit: ROWS_PER_PAGE, since, wait: TAIL_WAIT_S } },
    {
      enabled: tailing && since !== undefined && !page.isPlaceholderData,
      refetchInterval: TAIL_MS,
      staleTime: 0,
    },
  )
  useEffect(() => {
    const items = tail.data?.items
    if (!items || items.length === 0) return
    setFresh((before) => mergeRows([...items].reverse(), before).slice(0, TAIL_ROWS_MAX))
    void client.invalidateQueries({ queryKey: ['getMessageCounts'] })
  }, [tail.data, client])
  const rows = useMemo(() => mergeRows(base ?? [], fresh), [base, fresh])
  if (base && known.current === null && !page.isPlaceholderData) {
    known.current = new Set(base.map(({ id }) => id))
  }
  return { page, rows, isNew: (id: string) => known.current !== null && !known.current.has(id) }
}
