// Settings: the organisation, and where the newest settings are live.

import { getLiveness } from '@gatepost/contract/tenant.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { GatewayLine } from '#shared/gateway-line.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { InheritancePanel } from './inheritance-panel.tsx'
import { LiveLine } from './live-line.tsx'
import { OrganizationForm } from './organization-form.tsx'

export function SettingsPage() {
  const t = useWords('settings')
  return (
    <Page title={t('settings.settings')} lead={t('settings.nameEnvironmentAndWhomWe')}>
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
  const t = useWords('settings')
  const tenant = useSlug()
  const { data } = useEndpoint(getLiveness, { params: { tenant } }, { refetchInterval: 5_000 })
  if (!data) return null
  return (
    <Panel title={t('settings.whereSettingsAreLive')} side={t('settings.version', { version: data.version })}>
      <div className={stack.stack}>
        <LiveLine />
        <GatewayLine />
        <ul className="plain">
          {data.edges.map(({ node, slot, version, seenAt }) => (
            <li key={`${node} ${slot}`}>
              <span className="mono">{`${node}/${slot}`}</span>{' '}
              <span className="tx2">
                {rich(t, 'settings.version2', { version, time: <RelativeTime at={seenAt} /> })}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  )
}
