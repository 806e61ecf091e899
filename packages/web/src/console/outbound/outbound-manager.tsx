// Authorised addresses, refused attempts, smart host, first message. Used by the page and C6.
import { getOutbound, type Outbound } from '@gatepost/contract/route.ts'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { HostText } from '#shared/host-text.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { AddressTable } from './address-table.tsx'
import { AuthorizeForm } from './authorize-form.tsx'
import { Clouds } from './clouds.tsx'
import { Logins } from './logins.tsx'
import { RefusedList } from './refused-list.tsx'
import { smartHostOf } from './smart-host.ts'

export function OutboundManager({ children }: { readonly children?: ReactNode }) {
  const tenant = useSlug()
  const may = useMay('outbound:write')
  const { data, error } = useEndpoint(
    getOutbound,
    { params: { tenant } },
    { refetchInterval: (last) => (last?.firstSeenAt ? 10_000 : 2_000) },
  )
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  return (
    <>
      <FirstSeen outbound={data} />
      <Panel title="Authorised addresses" flush>
        <AddressTable addresses={data.addresses} may={may} />
        {may && <AuthorizeForm />}
      </Panel>
      <RefusedList refused={data.refused} may={may} />
      <Logins />
      <Clouds />
      <SmartHost outbound={data} />
      {children}
    </>
  )
}

function FirstSeen({ outbound }: { readonly outbound: Outbound }) {
  const slug = useSlug()
  if (outbound.firstSeenAt === null) {
    const ready = outbound.addresses.length > 0
    return (
      <Note
        tone="info"
        role="status"
        title={ready ? 'We wait for the first outbound message' : 'No address may send through us yet'}
      >
        <p>
          {ready
            ? 'Point the mail host at the smart host below and send a message to any outside address. It shows here by itself.'
            : 'Authorise the public address of your mail host. Until then we answer 451 4.7.1 Open relay not allowed.'}
        </p>
      </Note>
    )
  }
  return (
    <Note tone="ok" role="status" title="We saw your first outbound message">
      <p>
        <RelativeTime at={outbound.firstSeenAt} />
        {outbound.firstMessageId && (
          <>
            {' · '}
            <Link to="/t/$slug/messages/$message" params={{ slug, message: outbound.firstMessageId }}>
              View message
            </Link>
          </>
        )}
      </p>
    </Note>
  )
}

function SmartHost({ outbound }: { readonly outbound: Outbound }) {
  const { host, ports } = smartHostOf(outbound)
  return (
    <Panel title="What the mail host is told">
      <Facts
        rows={[
          [
            'Smart host',
            <span key="host" className={stack.inline}>
              <HostText>{host}</HostText>
              <CopyButton value={host} label="Copy smart host" />
            </span>,
          ],
          ...ports.map(
            (port, index) =>
              [
                index === 0 ? 'Port' : 'or port',
                <span key={port} className={stack.inline}>
                  <span className="mono">{port}</span>
                  <CopyButton value={String(port)} label={`Copy port ${port}`} />
                </span>,
              ] as const,
          ),
          ['TLS', 'STARTTLS on 25 and 587, TLS from the start on 465; a login needs it'],
        ]}
      />
    </Panel>
  )
}
