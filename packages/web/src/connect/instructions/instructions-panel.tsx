// The instructions of an environment with this organisation's values and a copy button for each block.
import type { Environment } from '@gatepost/contract/common.ts'
import { getLock } from '@gatepost/contract/lock.ts'
import { getOutbound } from '@gatepost/contract/route.ts'
import { getSigning, type Signing } from '@gatepost/contract/signing.ts'
import { getTenant } from '@gatepost/contract/tenant.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { smartHostOf } from '#console/outbound/smart-host.ts'
import { useWords } from '#i18n/i18n.ts'
import { Note } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import classes from './instructions.module.css'
import { instructionsFor } from './instructions.ts'
import { keyOf, PartView } from './part-view.tsx'
import { useTold } from './use-told.ts'

type Props = { readonly environment: Environment; readonly direction: 'inbound' | 'outbound' }

export function InstructionsPanel({ environment, direction }: Props) {
  const slug = useSlug()
  const words = useWords('connect')
  const tell = useTold()
  const { data: outbound } = useEndpoint(getOutbound, { params: { tenant: slug } })
  const { data: tenant } = useEndpoint(getTenant, { params: { tenant: slug } })
  const { data: lock } = useEndpoint(getLock, { params: { tenant: slug } })
  const maySee = useMay('signing:read')
  const { data: signing } = useEndpoint(getSigning, { params: { tenant: slug } }, { enabled: maySee })
  if (!outbound || !tenant) return null
  const { host, ports } = smartHostOf(outbound)
  const { title, steps, caution } = instructionsFor(environment, direction, {
    smartHost: host,
    ports,
    domain: tenant.primaryDomain,
    addresses: lock?.addresses,
    sealing: signing && sealingDomains(signing),
  })
  return (
    <Panel
      title={tell(title)}
      actions={
        <Link
          className={classes.change}
          to="/t/$slug/connect/$step"
          params={{ slug, step: 'name-organization' }}
        >
          {words('changeEnvironment')}
        </Link>
      }
    >
      <div className={stack.stack}>
        <ol className={classes.steps}>
          {steps.map((parts) => (
            <li key={parts.map(keyOf).join()}>
              {parts.map((part) => (
                <PartView key={keyOf(part)} part={part} />
              ))}
            </li>
          ))}
        </ol>
        {caution && (
          <Note tone="warn" title={tell(caution.title)}>
            <p>{tell(caution.text)}</p>
          </Note>
        )}
      </div>
    </Panel>
  )
}

/** Mail is sealed by the RSA key of its recipient's domain. */
function sealingDomains({ domains }: Signing): readonly string[] {
  return domains
    .filter(({ keys }) =>
      keys.some(({ state, algorithm }) => state === 'active' && algorithm === 'rsa-sha256'),
    )
    .map(({ domain }) => domain)
}
