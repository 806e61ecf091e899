// The SPF record for mail that leaves through us. Nothing evaluates it yet in this release, and the panel
// says so.
import { getOutbound, type Outbound } from '@gatepost/contract/route.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { smartHostOf } from '#console/outbound/smart-host.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { Facts } from '#shared/facts.tsx'
import { HostText } from '#shared/host-text.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'

export function SpfRecord() {
  const { data } = useEndpoint(getOutbound, { params: { tenant: useSlug() } })
  if (!data) return null
  const value = spfValueOf(data)
  return (
    <Panel title="SPF record of your domains" side="not checked yet in this release">
      <div className={stack.tight}>
        <Facts
          rows={[
            [
              'TXT value',
              <span key="value" className={stack.inline}>
                <HostText>{value}</HostText>
                <CopyButton value={value} label="Copy SPF value" />
              </span>,
            ],
          ]}
        />
        <p className="tx2">
          Keep the includes of your other senders before all; there may be only one SPF record.
        </p>
      </div>
    </Panel>
  )
}

/** RFC 7208: one include of our addresses, and a soft fail for all others. */
export function spfValueOf(outbound: Pick<Outbound, 'smartHost' | 'smartHostPorts'>): string {
  return `v=spf1 include:spf.${smartHostOf(outbound).host} ~all`
}
