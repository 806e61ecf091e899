// Delivery routes of the organisation.

import { Page } from '#app/page.tsx'
import { useWords } from '#i18n/i18n.ts'
import stack from '#shared/stack.module.css'
import { HostCheckPanel } from './host-check.tsx'
import { RoutesManager } from './routes-manager.tsx'

export function RoutesPage() {
  const t = useWords('flow')
  return (
    <Page title={t('routes.deliveryRoutes')} lead={t('routes.theMailHostsThatAccepted')}>
      <div className={stack.stack}>
        <RoutesManager />
        <HostCheckPanel withChecks />
      </div>
    </Page>
  )
}
