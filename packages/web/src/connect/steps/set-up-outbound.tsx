// C6, first part: which addresses may relay, what the mail host and the DNS are told, and the first message
// seen.
import type { Connect } from '@gatepost/contract/connect.ts'
import { OutboundManager } from '#console/outbound/outbound-manager.tsx'
import { InstructionsPanel } from '../instructions/instructions-panel.tsx'
import { SpfRecord } from './spf-record.tsx'

export function SetUpOutbound({ connect }: { readonly connect: Connect }) {
  return (
    <OutboundManager environment={connect.environment}>
      <InstructionsPanel environment={connect.environment} direction="outbound" />
      <SpfRecord />
    </OutboundManager>
  )
}
