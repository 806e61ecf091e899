// What became of mail over the range: big numbers, bars by hour or day, and the same as a table.
import type { Report } from '@gatepost/contract/report.ts'
import { type ReactNode, useState } from 'react'
import { useWords } from '#i18n/i18n.ts'
import { locale } from '#i18n/language.ts'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { count } from '#shared/format.ts'
import { Panel } from '#shared/panel.tsx'
import { StackedBars } from '#shared/stacked-bars.tsx'
import table from '#shared/table.module.css'
import classes from '../dashboard.module.css'

type Figures = Pick<Report, 'range' | 'step' | 'series' | 'totals'>
type Props = { readonly report: Figures; readonly lost?: number; readonly link?: ReactNode }

const shown = ['delivered', 'deferred', 'held', 'refused'] as const
const rest = ['queued', 'bounced', 'discarded'] as const
/** So that about six labels stand below the bars. */
const LABEL_EVERY = { '24h': 4, '7d': 1, '30d': 5 } as const

export function OutcomesPanel({ report, lost, link }: Props) {
  const words = useWords('dashboard')
  const shell = useWords('shell')
  const [isTable, setTable] = useState(false)
  const { range, step, series, totals } = report
  const isEmpty = [...shown, ...rest].every((name) => totals[name] === 0)
  const numbers = Object.fromEntries(shown.map((name) => [name, count(totals[name])]))
  return (
    <Panel
      title={words('outcomes')}
      side={words(`last${range}`)}
      actions={
        <>
          {link}
          <button type="button" className={classes.asLink} onClick={() => setTable(!isTable)}>
            {shell(isTable ? 'showAsChart' : 'showAsTable')}
          </button>
        </>
      }
    >
      <div className={classes.legend}>
        <BigNumbers>
          {shown.map((name) => (
            <BigNumber key={name} name={words(name)} mark={name}>
              {count(totals[name])}
            </BigNumber>
          ))}
        </BigNumbers>
        {lost !== undefined && (
          <div className={classes.lost} title={words('lostWhy')}>
            <BigNumbers>
              <BigNumber name={words('lost')}>
                <span className={lost > 0 ? classes.bad : undefined}>{count(lost)}</span>
              </BigNumber>
            </BigNumbers>
          </div>
        )}
      </div>
      {isTable ? (
        <SeriesTable report={report} />
      ) : isEmpty ? (
        <p className={`${classes.noBars} tx2`}>{words('nothingYet')}</p>
      ) : (
        <StackedBars
          says={words('chartSays', { step: words(step === 'hour' ? 'byHour' : 'byDay'), ...numbers })}
          labelEvery={LABEL_EVERY[range]}
          rows={series.map((bar) => ({
            key: String(bar.at),
            label: labelOf(bar.at, step),
            // What was bounced or waits was accepted: the bars show it with the outcome it is nearest to.
            parts: [
              { mark: 'delivered', value: bar.delivered + bar.queued },
              { mark: 'deferred', value: bar.deferred },
              { mark: 'held', value: bar.held },
              { mark: 'refused', value: bar.refused + bar.bounced },
            ],
          }))}
        />
      )}
    </Panel>
  )
}

function SeriesTable({ report: { series, step } }: { readonly report: Figures }) {
  const words = useWords('dashboard')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <div role="group" className={classes.series} tabIndex={0} aria-label={words('outcomes')}>
      <table className={table.table} data-dense>
        <thead>
          <tr>
            <th scope="col">{words('time')}</th>
            {[...shown, ...rest].map((name) => (
              <th key={name} scope="col" data-align="right">
                {words(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.map((bar) => (
            <tr key={bar.at}>
              <td>{labelOf(bar.at, step)}</td>
              {[...shown, ...rest].map((name) => (
                <td key={name} data-align="right">
                  {count(bar[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** `14:00`, or `19 Nov` of UTC, since days are counted so. */
function labelOf(at: number, step: 'hour' | 'day'): string {
  const options: Intl.DateTimeFormatOptions =
    step === 'hour'
      ? { hour: '2-digit', minute: '2-digit' }
      : { day: 'numeric', month: 'short', timeZone: 'UTC' }
  return new Intl.DateTimeFormat(locale(), options).format(at)
}
