// Says on every page that the gateway does not answer the console: what stands below is of an earlier time.
import { getHealthLine } from '@gatepost/contract/system.ts'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { ProblemError } from '#api/problem-error.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { timeOfDay } from '#shared/format.ts'
import classes from './away-strip.module.css'

/** Between tries while it is away; sooner than the health line is read otherwise. */
const TRY_MS = 5_000
const READ_MS = 15_000

export function AwayStrip() {
  const words = useWords('shell')
  const { error, dataUpdatedAt, isFetching, refetch } = useAwayQuery()
  const isAway = isUnreachable(error)
  useReadAgainAfter(isAway)
  return (
    <div role="status" className={isAway ? classes.strip : undefined}>
      {isAway && (
        <>
          <IconPlugConnectedX size={16} aria-hidden />
          <p>
            <strong>{words('away')}</strong>{' '}
            {dataUpdatedAt > 0 && words('awaySince', { time: timeOfDay(dataUpdatedAt) })} {words('awayMeans')}
          </p>
          <button type="button" onClick={() => void refetch()} aria-disabled={isFetching}>
            {words('tryNow')}
          </button>
        </>
      )}
    </div>
  )
}

function useAwayQuery() {
  const client = useQueryClient()
  const isAway = () =>
    client
      .getQueryCache()
      .findAll({ queryKey: [getHealthLine.name] })
      .some(({ state }) => isUnreachable(state.error))
  return useEndpoint(getHealthLine, {}, { refetchInterval: () => (isAway() ? TRY_MS : READ_MS) })
}

/** All that is shown is read again as soon as the gateway answers. */
function useReadAgainAfter(isAway: boolean): void {
  const client = useQueryClient()
  const wasAway = useRef(false)
  useEffect(() => {
    if (wasAway.current && !isAway) void client.invalidateQueries()
    wasAway.current = isAway
  }, [client, isAway])
}

function isUnreachable(error: unknown): boolean {
  return error instanceof ProblemError && error.problem === 'unreachable'
}
