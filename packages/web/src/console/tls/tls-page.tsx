// TLS with partners: what their mail hosts can bear, and what is asked of them.

import { Page } from '#app/page.tsx'
import { useWords, type Words } from '#i18n/i18n.ts'
import { TlsManager } from './tls-manager.tsx'

const leadOf = (t: Words) => t('tls.mailIsEncryptedWherever')

export function TlsPage() {
  const t = useWords('flow')
  return (
    <Page title={t('tls.tls')} lead={leadOf(t)}>
      <TlsManager />
    </Page>
  )
}
