// What greylisting did in seven days: delay caused, senders delayed, spam avoided; the days in a fold.
import type { Greylisting } from '@gatepost/contract/greylist.ts'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { count, date, plural, span } from '#shared/format.ts'
import { Panel } from '#shared/panel.tsx'
import classes from './greylisting.module.css'

export function FiguresPanel({ data }: { readonly data: Greylisting }) {
  const { figures, days, perDay } = data
  const { deferred, observed, accepted, neverRetried, sendersDelayed } = figures
  return (
    <Panel title="What it did" side={`last ${days} days`}>
      <BigNumbers>
        <BigNumber name="Half waited at most">{spanOrDash(figures.delayP50Ms)}</BigNumber>
        <BigNumber name="95 % waited at most">{spanOrDash(figures.delayP95Ms)}</BigNumber>
        <BigNumber name="Senders delayed">{count(sendersDelayed)}</BigNumber>
        <BigNumber name="Never came again">{count(neverRetried)}</BigNumber>
      </BigNumbers>
      <p className={classes.sentence}>
        {deferred === 0
          ? 'No message was deferred.'
          : `${plural(deferred, 'message was', 'messages were')} deferred. ${count(accepted)} came again and ` +
            `waited ${span(figures.delayMs)} together` +
            (neverRetried === 0 ? '.' : `; ${count(neverRetried)} never did, as spam mostly does not.`)}
        {observed > 0 &&
          ` ${plural(observed, 'sender', 'senders')} would have been deferred where policies only observe.`}
      </p>
      {perDay.length > 0 && (
        <details className={classes.fold}>
          <summary>By day</summary>
          <div className={classes.scroll}>
            <table className={classes.days}>
              <thead>
                <tr>
                  <th scope="col">Day</th>
                  <th scope="col">Deferred</th>
                  <th scope="col">Accepted later</th>
                  <th scope="col">Never came again</th>
                  <th scope="col">Delay caused</th>
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
