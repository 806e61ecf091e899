// Alerts of an organisation (U5): what is wrong now, who takes care of it, and where word of it goes.

import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import stack from '#shared/stack.module.css'
import { AlertList } from './alert-list.tsx'
import { ChannelPanel } from './channel-panel.tsx'

export function AlertsPage() {
  const t = useWords('alerts')
  const tenant = useSlug()
  const may = useMay('alerts:write')
  return (
    <Page title={t('title')} lead={t('lead')}>
      <div className={stack.detail}>
        <AlertList tenant={tenant} may={may} />
        <ChannelPanel tenant={tenant} may={may} />
      </div>
    </Page>
  )
}
