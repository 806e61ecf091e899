// The live proof: the first message from outside that came through Gatepost, and how the first day goes.
import type { MxView } from '@gatepost/contract/domain.ts'
import { getMessageCounts } from '@gatepost/contract/message.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { count } from '#shared/format.ts'
import { Note } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { RelativeTime } from '#shared/time.tsx'
import { wordOf } from '#shared/vocabulary.ts'
import classes from './mx.module.css'

const shown = ['delivered', 'queued', 'deferred', 'refused', 'held'] as const

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
    >
      {data && (
        <ul className={classes.counts} aria-label="Messages of the last 24 hours">
          {shown.map((status) => (
            <li key={status}>
              <span className="tx2">{wordOf('message', status).word}</span>
              <span className="num strong">{count(data[status])}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="small">
        <Link to="/t/$slug/messages" params={{ slug: tenant }} search={{ direction: 'inbound' }}>
          View inbound messages
        </Link>
      </p>
    </Panel>
  )
}
