// How much waits in all: above the list, which shows a page of it.
import { getQueueTotals } from '@gatepost/contract/queue.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useWords } from '#i18n/i18n.ts'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { bytes, count } from '#shared/format.ts'
import { Panel } from '#shared/panel.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './queue-totals.module.css'

const READ_MS = 15_000

type Props = { readonly tenant: string; readonly onDomain: (domain: string) => void }

export function QueueTotals({ tenant, onDomain }: Props) {
  const words = useWords('queue')
  const { data } = useEndpoint(
    getQueueTotals,
    { params: { tenant } },
    { keepPrevious: true, refetchInterval: READ_MS },
  )
  if (!data || data.messages === 0) return null
  const more = data.isWhole ? '' : '+'
  const { destinations } = data
  return (
    <Panel title={words('total.title')} side={bytes(data.bytes) + more}>
      <div className={classes.totals}>
        <BigNumbers>
          <BigNumber name={words('total.messages')}>{`${count(data.messages)}${more}`}</BigNumber>
          <BigNumber name={words('total.queued')}>{`${count(data.queued)}${more}`}</BigNumber>
          {data.paused > 0 && (
            <BigNumber name={words('total.paused')}>{`${count(data.paused)}${more}`}</BigNumber>
          )}
          <BigNumber name={words('total.held')}>{`${count(data.held)}${more}`}</BigNumber>
          <BigNumber name={words('total.oldest')}>
            {data.oldestAt === null ? '–' : <RelativeTime at={data.oldestAt} />}
          </BigNumber>
        </BigNumbers>
        <table className={classes.destinations}>
          <caption className="hidden-visually">{words('total.byDomain')}</caption>
          <thead>
            <tr>
              <th scope="col">{words('total.domain')}</th>
              <th scope="col">{words('total.queuedHead')}</th>
              <th scope="col">{words('total.held')}</th>
            </tr>
          </thead>
          <tbody>
            {destinations.slice(0, DESTINATIONS_SHOWN).map(({ domain, queued, paused, held }) => (
              <tr key={domain}>
                <th scope="row">
                  <button type="button" className={classes.domain} onClick={() => onDomain(domain)}>
                    {domain}
                  </button>
                </th>
                <td>{count(queued + paused)}</td>
                <td>{count(held)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

/** The largest; the filter finds the others. */
const DESTINATIONS_SHOWN = 5
