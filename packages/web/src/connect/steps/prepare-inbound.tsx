// C5: where mail is delivered to, what the mail host must be told first, and a real test message.
import type { Connect } from '@gatepost/contract/connect.ts'
import { HostCheckPanel } from '#console/routes/host-check.tsx'
import { RoutesManager } from '#console/routes/routes-manager.tsx'
import { InstructionsPanel } from '../instructions/instructions-panel.tsx'

export function PrepareInbound({ connect }: { readonly connect: Connect }) {
  return (
    <>
      <InstructionsPanel environment={connect.environment} direction="inbound" />
      <RoutesManager />
      <HostCheckPanel />
    </>
  )
}
