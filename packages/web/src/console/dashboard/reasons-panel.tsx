// Why mail was refused, deferred or held: each reason leads to its messages.
import type { Report } from '@gatepost/contract/report.ts'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useReason } from '#i18n/reason.ts'
import { Panel } from '#shared/panel.tsx'
import classes from '../dashboard.module.css'
import { BarTable } from './bar-table.tsx'

const SHOWN_MAX = 8

export function ReasonsPanel({ report }: { readonly report: Report }) {
  const slug = useSlug()
  const words = useWords('dashboard')
  const say = useReason()
  return (
    <Panel title={words('reasons')}>
      {report.reasons.length === 0 ? (
        <p className="tx2">{words('reasonsEmpty')}</p>
      ) : (
        <BarTable
          label={words('reasons')}
          stacked
          rows={report.reasons.slice(0, SHOWN_MAX).map(({ reason, means, status, count }) => ({
            key: `${status} ${reason}`,
            // A reason that a policy gave is a filter; the words of a reply are not, so its outcome is shown.
            name: (
              <Link
                to="/t/$slug/messages"
                params={{ slug }}
                search={{ status, reason: reason === means ? undefined : reason }}
              >
                {say(means)}
              </Link>
            ),
            value: count,
            mark: status,
          }))}
        />
      )}
      {report.sampled && <p className={`${classes.under} small tx3`}>{words('sampled')}</p>}
    </Panel>
  )
}
