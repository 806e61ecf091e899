// The live proof: the first message from outside that came through Gatepost, and how the first day goes.
import type { MxView } from '@gatepost/contract/domain.ts'
import { getMessageCounts } from '@gatepost/contract/message.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
import { Note } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { StateName } from '#shared/status-word.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './mx.module.css'

const shown = ['delivered', 'queued', 'deferred', 'refused', 'held'] as const

export function FirstMessage({ mx }: { readonly mx: MxView }) {
  const tenant = useSlug()
  const words = useWords('connect')
  const seen = mx.firstInboundSeenAt !== null
  const { data } = useEndpoint(
    getMessageCounts,
    { params: { tenant } },
    { enabled: seen, refetchInterval: 5_000 },
  )
  if (mx.firstInboundSeenAt === null) {
    return (
      <Note tone="info" role="status" title={words('mx.waitFirst', { domain: mx.domain })}>
        <p>{words('mx.sendOne')}</p>
      </Note>
    )
  }
  return (
    <Panel
      title={words('mx.first')}
      side={
        <>
          {words('mx.since')} <RelativeTime at={mx.firstInboundSeenAt} />
        </>
      }
    >
      {data && (
        <ul className={classes.counts} aria-label={words('mx.day')}>
          {shown.map((status) => (
            <li key={status}>
              <span className="tx2">
                <StateName of="message" state={status} />
              </span>
              <span className="num strong">{count(data[status])}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="small">
        <Link to="/t/$slug/messages" params={{ slug: tenant }} search={{ direction: 'inbound' }}>
          {words('mx.view')}
        </Link>
      </p>
    </Panel>
  )
}
