// Alerts of an organisation (U5): what is wrong now, who takes care of it, and where word of it goes.
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import stack from '#shared/stack.module.css'
import { AlertList } from './alert-list.tsx'
import { ChannelPanel } from './channel-panel.tsx'

export function AlertsPage() {
  const tenant = useSlug()
  const may = useMay('alerts:write')
  return (
    <Page
      title="Alerts"
      lead="What needs somebody, with what to do. Word of it goes out by webhook and mail, also when nobody looks here."
    >
      <div className={stack.detail}>
        <AlertList tenant={tenant} may={may} />
        <ChannelPanel tenant={tenant} may={may} />
      </div>
    </Page>
  )
}
