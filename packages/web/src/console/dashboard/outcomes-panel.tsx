// Messages of the last 24 hours by outcome: numbers with a bar each, and the list behind them.
import type { MessageCounts } from '@gatepost/contract/message.ts'
import { Link } from '@tanstack/react-router'
import type * as z from 'zod'
import { useSlug } from '#app/session.ts'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { count } from '#shared/format.ts'
import { Panel } from '#shared/panel.tsx'
import { wordOf } from '#shared/vocabulary.ts'
import classes from '../dashboard.module.css'

export type Counts = z.infer<typeof MessageCounts>

const big = ['delivered', 'deferred', 'held', 'refused'] as const
const all = ['delivered', 'queued', 'deferred', 'held', 'refused', 'bounced', 'discarded'] as const

export function OutcomesPanel({ counts }: { readonly counts: Counts }) {
  const slug = useSlug()
  const most = Math.max(1, ...all.map((status) => counts[status]))
  return (
    <Panel
      title="Messages and outcomes"
      side="last 24 hours"
      actions={
        <Link to="/t/$slug/messages" params={{ slug }}>
          View messages
        </Link>
      }
    >
      <BigNumbers>
        {big.map((status) => (
          <BigNumber key={status} name={wordOf('message', status).word} mark={status}>
            {count(counts[status])}
          </BigNumber>
        ))}
      </BigNumbers>
      <table className={classes.bars}>
        <caption className="hidden-visually">Messages of the last 24 hours by outcome</caption>
        <tbody>
          {all.map((status) => (
            <tr key={status}>
              <th scope="row">
                <Link to="/t/$slug/messages" params={{ slug }} search={{ status }}>
                  {wordOf('message', status).word}
                </Link>
              </th>
              <td aria-hidden>
                {counts[status] > 0 && (
                  <span
                    className={classes.bar}
                    data-mark={status}
                    style={{ width: `${(counts[status] / most) * 100}%` }}
                  />
                )}
              </td>
              <td>{count(counts[status])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
