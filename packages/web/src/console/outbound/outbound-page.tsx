// Outbound: who may relay through us, who tried, and what the mail host is to be told.

import { getTenant } from '@gatepost/contract/tenant.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import stack from '#shared/stack.module.css'
import { AlwaysBlocked } from './always-blocked.tsx'
import { OutboundManager } from './outbound-manager.tsx'
import { SenderWatch } from './sender-watch.tsx'

export function OutboundPage() {
  const t = useWords('flow')
  const { data: tenant } = useEndpoint(getTenant, { params: { tenant: useSlug() } })
  return (
    <Page title={t('outbound.outbound')} lead={t('outbound.mailHostsThatMaySend')}>
      <div className={stack.stack}>
        <OutboundManager environment={tenant?.environment}>
          <SenderWatch />
          <AlwaysBlocked />
        </OutboundManager>
      </div>
    </Page>
  )
}
