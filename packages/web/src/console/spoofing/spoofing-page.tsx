// Forgery: how each domain is protected, and who outside sends with it (F3, F5).
import { Page } from '#app/page.tsx'
import { SpoofingManager } from './spoofing-manager.tsx'

export function SpoofingPage() {
  return (
    <Page
      title="Forgery"
      lead="Mail from outside that uses your domains as sender is refused, unless it authenticates as them or a policy lets it through."
    >
      <SpoofingManager />
    </Page>
  )
}
