// TLS with partners: what their mail hosts can bear, and what is asked of them.
import { Page } from '#app/page.tsx'
import { TlsManager } from './tls-manager.tsx'

const LEAD =
  'Mail is encrypted wherever both sides can. Here you see whether a partner’s mail hosts bear more, ' +
  'and ask for it: then nothing goes to them in clear, or to somebody in their name.'

export function TlsPage() {
  return (
    <Page title="TLS" lead={LEAD}>
      <TlsManager />
    </Page>
  )
}
