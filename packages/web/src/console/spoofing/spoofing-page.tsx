// Forgery: how each domain is protected, and who outside sends with it (F3, F5).
import { Page } from '#app/page.tsx'
import { useWords } from '#i18n/i18n.ts'
import { SpoofingManager } from './spoofing-manager.tsx'

export function SpoofingPage() {
  const t = useWords('protection')
  return (
    <Page title={t('spoofing.forgery')} lead={t('spoofing.mailFromOutsideThatUses')}>
      <SpoofingManager />
    </Page>
  )
}
