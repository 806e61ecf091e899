// Authorised addresses, refused attempts, smart host, first message. Used by the page and C6.

import { getOutbound, type Outbound } from '@gatepost/contract/route.ts'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
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
  const t = useWords('flow')
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
      <Panel title={t('outboundManager.authorisedAddresses')} flush>
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
  const t = useWords('flow')
  const slug = useSlug()
  if (outbound.firstSeenAt === null) {
    const ready = outbound.addresses.length > 0
    return (
      <Note
        tone="info"
        role="status"
        title={
          ready
            ? t('outboundManager.weWaitForTheFirstOutbound')
            : t('outboundManager.noAddressMaySendThroughUs')
        }
      >
        <p>
          {ready
            ? t('outboundManager.pointTheMailHostAtTheSmart')
            : t('outboundManager.authoriseThePublicAddress')}
        </p>
      </Note>
    )
  }
  return (
    <Note tone="ok" role="status" title={t('outboundManager.weSawYourFirstOutbound')}>
      <p>
        <RelativeTime at={outbound.firstSeenAt} />
        {outbound.firstMessageId && (
          <>
            {' · '}
            <Link to="/t/$slug/messages/$message" params={{ slug, message: outbound.firstMessageId }}>
              {t('outboundManager.viewMessage')}
            </Link>
          </>
        )}
      </p>
    </Note>
  )
}

function SmartHost({ outbound }: { readonly outbound: Outbound }) {
  const t = useWords('flow')
  const { host, ports } = smartHostOf(outbound)
  return (
    <Panel title={t('outboundManager.whatTheMailHostIsTold')}>
      <Facts
        rows={[
          [
            t('outboundManager.smartHost'),
            <span key="host" className={stack.inline}>
              <HostText>{host}</HostText>
              <CopyButton value={host} label={t('outboundManager.copySmartHost')} />
            </span>,
          ],
          ...ports.map(
            (port, index) =>
              [
                index === 0 ? t('outboundManager.port') : t('outboundManager.orPort'),
                <span key={port} className={stack.inline}>
                  <span className="mono">{port}</span>
                  <CopyButton value={String(port)} label={t('outboundManager.copyPort', { port })} />
                </span>,
              ] as const,
          ),
          ['TLS', t('outboundManager.starttlsOn25And587TlsFrom')],
        ]}
      />
    </Panel>
  )
}
