// How long mail took through us, and what greylisting asked to come again.
import { getGreylisting } from '@gatepost/contract/greylist.ts'
import type { Report } from '@gatepost/contract/report.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { span } from '#shared/format.ts'
import { Panel } from '#shared/panel.tsx'
import classes from '../dashboard.module.css'
import { BarTable } from './bar-table.tsx'

const DAYS = { '24h': 1, '7d': 7, '30d': 30 } as const

export function DelayPanel({ report }: { readonly report: Report }) {
  const words = useWords('dashboard')
  const { p50Ms, p95Ms, bands } = report.delay
  return (
    <Panel title={words('delay')}>
      {p50Ms === null || p95Ms === null ? (
        <p className="tx2">{words('delayNothing')}</p>
      ) : (
        <>
          <BigNumbers>
            <BigNumber name={words('halfWithin')}>{span(p50Ms)}</BigNumber>
            <BigNumber name={words('mostWithin')}>{span(p95Ms)}</BigNumber>
          </BigNumbers>
          <BarTable
            label={words('delayTable')}
            rows={bands.map(({ band, count }, index) => ({
              key: band,
              name: words(`band.${band}`),
              value: count,
              mark: index === 0 ? 'delivered' : 'deferred',
            }))}
          />
        </>
      )}
      <Greylisted range={report.range} />
    </Panel>
  )
}

function Greylisted({ range }: Pick<Report, 'range'>) {
  const tenant = useSlug()
  const words = useWords('dashboard')
  const may = useMay('policies:read')
  const { data } = useEndpoint(
    getGreylisting,
    { params: { tenant }, query: { days: DAYS[range] } },
    { enabled: may, refetchInterval: 60_000 },
  )
  if (!data) return null
  const { deferred, neverRetried } = data.figures
  return (
    <p className={`${classes.under} small tx2`}>
      <Link to="/t/$slug/greylisting" params={{ slug: tenant }}>
        {words('greylisted', { count: deferred })}
      </Link>
      {neverRetried > 0 && `: ${words('neverBack', { count: neverRetried })}`}
    </p>
  )
}
