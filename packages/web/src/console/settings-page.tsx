// Settings: the organisation, and where the newest settings are live.
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { GatewayLine } from '#shared/gateway-line.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { InheritancePanel } from './inheritance-panel.tsx'
import { LiveLine } from './live-line.tsx'
import { OrganizationForm } from './organization-form.tsx'

export function SettingsPage() {
  return (
    <Page title="Settings" lead="Name, environment and whom we reach in an emergency.">
      <div className={stack.detail}>
        <OrganizationForm />
        <div className={stack.stack}>
          <WhereLive />
          <InheritancePanel />
        </div>
      </div>
    </Page>
  )
}

function WhereLive() {
  const tenant = useSlug()
  const { data } = useEndpoint(getLiveness, { params: { tenant } }, { refetchInterval: 5_000 })
  if (!data) return null
  return (
    <Panel title="Where settings are live" side={`version ${data.version}`}>
      <div className={stack.stack}>
        <LiveLine />
        <GatewayLine />
        <ul className="plain">
          {data.edges.map(({ node, slot, version, seenAt }) => (
            <li key={`${node} ${slot}`}>
              <span className="mono">{`${node}/${slot}`}</span>{' '}
              <span className="tx2">
                version {version}, <RelativeTime at={seenAt} />
              </span>
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  )
}
