// Whether the gateway itself is well: nodes, where the settings are live, and the notice about passwords.
import { getHealthLine } from '@gatepost/contract/system.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useMe, useSlug } from '#app/session.ts'
import { plural } from '#shared/format.ts'
import { Panel } from '#shared/panel.tsx'
import { StatusIcon } from '#shared/status-word.tsx'
import { FullTime } from '#shared/time.tsx'
import classes from '../dashboard.module.css'

export function HealthPanel() {
  const tenant = useSlug()
  const operator = useMay('system:read')
  const me = useMe()
  const { data: health } = useEndpoint(getHealthLine, {}, { refetchInterval: 15_000 })
  const { data: live } = useEndpoint(getLiveness, { params: { tenant } }, { refetchInterval: 15_000 })
  return (
    <Panel title="Health" flush actions={operator && <Link to="/system/readiness">Readiness</Link>}>
      <ul className={classes.rows}>
        {health && (
          <li>
            <StatusIcon of="check" state={health.healthy === health.total ? 'passed' : 'failed'} />
            <p>
              {health.healthy} of {health.total} nodes healthy
            </p>
          </li>
        )}
        {health && health.readinessFailed > 0 && (
          <li>
            <StatusIcon of="check" state="warning" />
            <p>{plural(health.readinessFailed, 'readiness check')} of the gateway failed</p>
          </li>
        )}
        {live && (
          <li>
            <StatusIcon of="check" state={live.live === live.total ? 'passed' : 'running'} />
            <p>
              Settings live on {live.live} of {live.total} nodes
            </p>
          </li>
        )}
        {me?.passwordOnly && (
          <li>
            <StatusIcon of="check" state="warning" />
            <p>
              You sign in with a password alone. <Link to="/account">Add a second factor</Link>
              {me.factorDueAt !== null && (
                <>
                  {' '}
                  before <FullTime at={me.factorDueAt} />
                </>
              )}
              .
            </p>
          </li>
        )}
      </ul>
    </Panel>
  )
}
