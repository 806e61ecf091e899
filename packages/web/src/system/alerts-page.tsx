// Alerts of the installation, and on request those of every organisation, for operators.

import { Page } from '#app/page.tsx'
import { useMay } from '#app/session.ts'
import { AlertList } from '#console/alerts/alert-list.tsx'
import { ChannelPanel } from '#console/alerts/channel-panel.tsx'
import { useWords } from '#i18n/i18n.ts'
import stack from '#shared/stack.module.css'

export function SystemAlertsPage() {
  const t = useWords('system')
  const may = useMay('system:write')
  return (
    <Page title={t('alerts.alerts')} lead={t('alerts.diskCertificateBlockLists')}>
      <div className={stack.detail}>
        <AlertList tenant="" may={may} />
        <ChannelPanel tenant="" may={may} />
      </div>
    </Page>
  )
}
