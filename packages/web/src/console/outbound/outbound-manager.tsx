// Authorised addresses, refused attempts, smart host, first message. Used by the page and C6.

import type { Environment } from '@gatepost/contract/common.ts'
import { type Cloud, listClouds, listCredentials } from '@gatepost/contract/outbound.ts'
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

/** Where mail comes out of a shared cloud: its addresses are everybody's, so the cloud is set first. */
const CLOUDS = new Map<Environment, Cloud['provider']>([
  ['microsoft-365', 'microsoft-365'],
  ['google-workspace', 'google-workspace'],
])

type Props = { readonly environment?: Environment | undefined; readonly children?: ReactNode }

export function OutboundManager({ environment, children }: Props) {
  const t = useWords('flow')
  const tenant = useSlug()
  const may = useMay('outbound:write')
  const { data, error } = useEndpoint(
    getOutbound,
    { params: { tenant } },
    { refetchInterval: (last) => (last?.firstSeenAt ? 10_000 : 2_000) },
  )
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  const own = (environment && CLOUDS.get(environment)) ?? null
  const addresses = (
    <Panel title={t('outboundManager.authorisedAddresses')} flush>
      <AddressTable addresses={data.addresses} may={may} />
      {may && <AuthorizeForm />}
    </Panel>
  )
  return (
    <>
      <FirstSeen outbound={data} own={own} />
      {own === null ? addresses : <Clouds first={own} />}
      <RefusedList refused={data.refused} may={may} />
      <Logins />
      {own === null ? <Clouds /> : addresses}
      <SmartHost outbound={data} />
      {children}
    </>
  )
}

type FirstSeenProps = { readonly outbound: Outbound; readonly own: Cloud['provider'] | null }

function FirstSeen({ outbound, own }: FirstSeenProps) {
  const t = useWords('flow')
  const slug = useSlug()
  const params = { tenant: slug }
  const clouds = useEndpoint(listClouds, { params }).data?.items ?? []
  const logins = useEndpoint(listCredentials, { params }).data?.items ?? []
  if (outbound.firstSeenAt === null) {
    const ready = outbound.addresses.length > 0 || logins.length > 0 || clouds.some(({ enabled }) => enabled)
    const cloud = clouds.find(({ provider }) => provider === own)
    const missing = cloud
      ? t('outboundManager.switchOnTheCloud', { name: cloud.name })
      : t('outboundManager.authoriseThePublicAddress')
    return (
      <Note
        tone="info"
        role="status"
        title={
          ready
            ? t('outboundManager.weWaitForTheFirstOutbound')
            : cloud
              ? t('outboundManager.mailFromTheCloudMayNotPass', { name: cloud.name })
              : t('outboundManager.noAddressMaySendThroughUs')
        }
      >
        <p>{ready ? t('outboundManager.pointTheMailHostAtTheSmart') : missing}</p>
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
