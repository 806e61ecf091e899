// What greylisting did in seven days: delay caused, senders delayed, spam avoided; the days in a fold.
import type { Greylisting } from '@gatepost/contract/greylist.ts'
import { useWords } from '#i18n/i18n.ts'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { count, date, span } from '#shared/format.ts'
import { Panel } from '#shared/panel.tsx'
import classes from './greylisting.module.css'

export function FiguresPanel({ data }: { readonly data: Greylisting }) {
  const t = useWords('protection')
  const { figures, days, perDay } = data
  const { deferred, observed, accepted, neverRetried, sendersDelayed } = figures
  return (
    <Panel title={t('figuresPanel.whatItDid')} side={t('figuresPanel.lastDays', { days })}>
      <BigNumbers>
        <BigNumber name={t('figuresPanel.halfWaited')}>{spanOrDash(figures.delayP50Ms)}</BigNumber>
        <BigNumber name={t('figuresPanel.mostWaited')}>{spanOrDash(figures.delayP95Ms)}</BigNumber>
        <BigNumber name={t('figuresPanel.sendersDelayed')}>{count(sendersDelayed)}</BigNumber>
        <BigNumber name={t('figuresPanel.neverCameAgain')}>{count(neverRetried)}</BigNumber>
      </BigNumbers>
      <p className={classes.sentence}>
        {deferred === 0
          ? t('figuresPanel.noMessageWasDeferred')
          : t('figuresPanel.messagesWereDeferredCame', {
              count: deferred,
              accepted: count(accepted),
              delayMs: span(figures.delayMs),
            }) +
            (neverRetried === 0
              ? '.'
              : t('figuresPanel.neverDidAsSpamMostlyDoes', { neverRetried: count(neverRetried) }))}
        {observed > 0 && t('figuresPanel.sendersWouldHaveBeen', { count: observed })}
      </p>
      {perDay.length > 0 && (
        <details className={classes.fold}>
          <summary>{t('figuresPanel.byDay')}</summary>
          <div className={classes.scroll}>
            <table className={classes.days}>
              <thead>
                <tr>
                  <th scope="col">{t('figuresPanel.day')}</th>
                  <th scope="col">{t('figuresPanel.deferred')}</th>
                  <th scope="col">{t('figuresPanel.acceptedLater')}</th>
                  <th scope="col">{t('figuresPanel.neverCameAgain')}</th>
                  <th scope="col">{t('figuresPanel.delayCaused')}</th>
                </tr>
              </thead>
              <tbody>
                {perDay.map((day) => (
                  <tr key={day.day}>
                    <th scope="row">{date(day.day)}</th>
                    <td>{count(day.deferred)}</td>
                    <td>{count(day.accepted)}</td>
                    <td>{count(day.neverRetried)}</td>
                    <td>{span(day.delayMs)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </Panel>
  )
}

function spanOrDash(ms: number | null): string {
  return ms === null ? '–' : span(ms)
}
