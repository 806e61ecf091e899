// What somebody should look at: open alerts, where settings are not live yet, and a sign-in by password
// alone.
import { listAlerts } from '@gatepost/contract/alert.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useMe, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Panel } from '#shared/panel.tsx'
import { StatusIcon } from '#shared/status-word.tsx'
import classes from '../dashboard.module.css'

const LOOK_MS = 15_000
const SHOWN_MAX = 4

export function NoticesPanel() {
  const tenant = useSlug()
  const words = useWords('dashboard')
  const me = useMe()
  const may = useMay('alerts:read')
  const input = { params: { tenant }, query: { limit: SHOWN_MAX } }
  const { data: alerts } = useEndpoint(listAlerts, input, { enabled: may, refetchInterval: LOOK_MS })
  const { data: live } = useEndpoint(getLiveness, { params: { tenant } }, { refetchInterval: LOOK_MS })
  const open = alerts?.items ?? []
  return (
    <Panel
      title={words('notices')}
      flush
      actions={
        may && (
          <Link to="/t/$slug/alerts" params={{ slug: tenant }}>
            {words('allAlerts')}
          </Link>
        )
      }
    >
      <ul className={classes.rows}>
        {open.map(({ id, subject, text, severity, link }) => (
          <li key={id}>
            <StatusIcon of="check" state={severity === 'critical' ? 'failed' : 'warning'} />
            <div>
              <a className="strong" href={link}>
                {subject}
              </a>
              <p className="small tx2">{text}</p>
            </div>
          </li>
        ))}
        {me?.passwordOnly && (
          <li>
            <StatusIcon of="check" state="warning" />
            <p>
              {words('passwordOnly')}{' '}
              <Link to="/t/$slug/account" params={{ slug: tenant }}>
                {words('addFactor')}
              </Link>
            </p>
          </li>
        )}
        {live && (
          <li>
            <StatusIcon of="check" state={live.live === live.total ? 'passed' : 'running'} />
            <p>{words('settingsLive', { live: live.live, total: live.total })}</p>
          </li>
        )}
        {may && alerts && open.length === 0 && (
          <li>
            <StatusIcon of="check" state="passed" />
            <p className="tx2">{words('noNotices')}</p>
          </li>
        )}
      </ul>
    </Panel>
  )
}
