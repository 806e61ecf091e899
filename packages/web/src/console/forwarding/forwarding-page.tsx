// Mail flow › Forwarding: addresses whose mail goes to another one (C13).

import { Page } from '#app/page.tsx'
import { useWords } from '#i18n/i18n.ts'
import { ForwardingManager } from './forwarding-manager.tsx'

export function ForwardingPage() {
  const t = useWords('flow')
  return (
    <Page title={t('forwarding.forwarding')} lead={t('forwarding.mailForOneOfYourAddresses')}>
      <ForwardingManager />
    </Page>
  )
}
