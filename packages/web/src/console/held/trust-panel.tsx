// Trusts the service that sent a held message, and releases it: the second of two clicks (S7).
import { listPolicies } from '@gatepost/contract/policy.ts'
import { addService, listServices, proposeService } from '@gatepost/contract/service.ts'
import { Button } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { Facts } from '#shared/facts.tsx'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'

const IDENTITIES = {
  dkim: 'Signing domain',
  host: 'Verified host name',
  ip: 'Address',
  from: 'Sender',
} as const

type Props = {
  readonly message: string
  readonly onTrusted: () => void
  readonly onClose: () => void
}

export function TrustPanel({ message, onTrusted, onClose }: Props) {
  const tenant = useSlug()
  const { data, error } = useEndpoint(proposeService, { params: { tenant }, query: { message } })
  const add = useAction(addService, { readAgain: [listServices, listPolicies], onDone: onTrusted })
  if (error) return <ProblemNote error={error} />
  if (!data) return <SkeletonRows rows={3} />
  const { draft, notes } = data
  const grants = [
    ...(draft.grants.permit ? ['skip greylisting and spam screening'] : []),
    ...(draft.grants.spoofing ? ['send with your addresses as sender'] : []),
    ...(draft.grants.displayName ? ['show your addresses and names in its display name'] : []),
  ]
  return (
    <Panel title={`Trust ${draft.name}`} accent>
      <div className={stack.stack}>
        <Facts
          rows={[
            [IDENTITIES[draft.identity], <HostText key="value">{draft.value}</HostText>],
            ['Senders', <HostText key="from">{draft.senders.join(', ') || 'any'}</HostText>],
            ['It may', grants.join('; ')],
          ]}
        />
        <p className="tx2">
          {notes.join(' ')} It never skips virus checks, attachment rules, DMARC refusals or blocked senders.
        </p>
        {add.error && <ProblemNote error={add.error} focus />}
        <div className={stack.row}>
          <Button
            loading={add.isPending}
            onClick={() =>
              add.mutate({ params: { tenant }, body: { draft, reason: `Held message ${message}` } })
            }
          >
            Trust and release
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </div>
    </Panel>
  )
}
