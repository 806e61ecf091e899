// What waits now, the oldest of it, and where most of it goes.
import { getQueueTotals } from '@gatepost/contract/queue.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { count, span } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { Panel } from '#shared/panel.tsx'
import { StatusIcon, ToneText } from '#shared/status-word.tsx'
import classes from '../dashboard.module.css'
import { BarTable } from './bar-table.tsx'

const LOOK_MS = 10_000
const SHOWN_MAX = 3

export function QueuePanel() {
  const tenant = useSlug()
  const words = useWords('dashboard')
  const now = useNow()
  const may = useMay('queue:read')
  const { data, error } = useEndpoint(
    getQueueTotals,
    { params: { tenant } },
    { enabled: may, refetchInterval: LOOK_MS },
  )
  if (!may) return null
  const isFlowing = data !== undefined && data.held + data.paused === 0
  return (
    <Panel
      title={words('queue')}
      actions={
        data && (
          <span className={classes.state}>
            <StatusIcon of="check" state={isFlowing ? 'passed' : 'warning'} />
            <ToneText tone={isFlowing ? 'ok' : 'warn'}>
              {words(isFlowing ? 'flowing' : 'waitsForPerson')}
            </ToneText>
          </span>
        )
      }
    >
      {error && !data && <ProblemNote error={error} />}
      {data && (
        <>
          <BigNumbers>
            <BigNumber name={words('waiting')}>{count(data.queued + data.paused)}</BigNumber>
            <BigNumber name={words('heldNow')}>{count(data.held)}</BigNumber>
            {data.oldestAt !== null && (
              <BigNumber name={words('oldest')}>{span(Math.max(0, now - data.oldestAt))}</BigNumber>
            )}
          </BigNumbers>
          {data.destinations.length === 0 ? (
            <p className={`${classes.under} tx2`}>{words('queueEmpty')}</p>
          ) : (
            <BarTable
              label={words('waiting')}
              rows={data.destinations.slice(0, SHOWN_MAX).map(({ domain, queued, held, paused }) => ({
                key: domain,
                name: domain,
                value: queued + held + paused,
                mark: 'deferred',
              }))}
            />
          )}
          <p className={`${classes.under} small`}>
            <Link to="/t/$slug/queue" params={{ slug: tenant }} search={{ state: 'queued' }}>
              {words('openQueue')}
            </Link>
          </p>
        </>
      )}
    </Panel>
  )
}
