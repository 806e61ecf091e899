// Mail flow › Forwarding: addresses whose mail goes to another one (C13).
import { Page } from '#app/page.tsx'
import { ForwardingManager } from './forwarding-manager.tsx'

export function ForwardingPage() {
  return (
    <Page
      title="Forwarding"
      lead="Mail for one of your addresses goes to another. The content stays as it is; only the envelope changes."
    >
      <ForwardingManager />
    </Page>
  )
}
