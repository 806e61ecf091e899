// Outbound: who may relay through us, who tried, and what the mail host is to be told.
import { Page } from '#app/page.tsx'
import stack from '#shared/stack.module.css'
import { OutboundManager } from './outbound-manager.tsx'

export function OutboundPage() {
  return (
    <Page
      title="Outbound"
      lead="Mail hosts that may send through Gatepost. Relaying needs an authorised address and a validated domain in the reverse-path."
    >
      <div className={stack.stack}>
        <OutboundManager />
      </div>
    </Page>
  )
}
