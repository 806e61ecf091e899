// The live proof: the first message from outside that came through Gatepost, and how the first day goes.
import type { MxView } from '@gatepost/contract/domain.ts'
import { getMessageCounts } from '@gatepost/contract/message.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { count } from '#shared/format.ts'
import { Note } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { RelativeTime } from '#shared/time.tsx'

export function FirstMessage({ mx }: { readonly mx: MxView }) {
  const tenant = useSlug()
  const seen = mx.firstInboundSeenAt !== null
  const { data } = useEndpoint(
    getMessageCounts,
    { params: { tenant } },
    { enabled: seen, refetchInterval: 5_000 },
  )
  if (mx.firstInboundSeenAt === null) {
    return (
      <Note
        tone="info"
        role="status"
        title={`We wait for the first message to ${mx.domain} through Gatepost`}
      >
        <p>Send one from an outside mailbox to any user. It shows here by itself; you may close this page.</p>
      </Note>
    )
  }
  return (
    <Panel
      title="First messages"
      side={
        <>
          since <RelativeTime at={mx.firstInboundSeenAt} />
        </>
      }
      actions={
        <Link to="/t/$slug/messages" params={{ slug: tenant }} search={{ direction: 'inbound' }}>
          View messages
        </Link>
      }
    >
      {data && (
        <BigNumbers>
          <BigNumber name="Delivered">{count(data.delivered)}</BigNumber>
          <BigNumber name="Queued">{count(data.queued)}</BigNumber>
          <BigNumber name="Deferred">{count(data.deferred)}</BigNumber>
          <BigNumber name="Refused">{count(data.refused)}</BigNumber>
        </BigNumbers>
      )}
    </Panel>
  )
}
