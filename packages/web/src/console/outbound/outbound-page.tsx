// Outbound: who may relay through us, who tried, and what the mail host is to be told.
import { Page } from '#app/page.tsx'
import stack from '#shared/stack.module.css'
import { AlwaysBlocked } from './always-blocked.tsx'
import { OutboundManager } from './outbound-manager.tsx'
import { SenderWatch } from './sender-watch.tsx'

export function OutboundPage() {
  return (
    <Page
      title="Outbound"
      lead="Mail hosts that may send through Gatepost: by an authorised address or a login, with a validated domain as sender."
    >
      <div className={stack.stack}>
        <OutboundManager>
          <SenderWatch />
          <AlwaysBlocked />
        </OutboundManager>
      </div>
    </Page>
  )
}
