// Trusts the service that sent a held message, and releases it: the second of two clicks (S7).

import { listPolicies } from '@gatepost/contract/policy.ts'
import { addService, listServices, proposeService } from '@gatepost/contract/service.ts'
import { Button } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { Facts } from '#shared/facts.tsx'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'

const identitiesOf = (t: Words) =>
  ({
    dkim: t('trustPanel.signingDomain'),
    host: t('trustPanel.verifiedHostName'),
    ip: t('trustPanel.address'),
    from: t('trustPanel.sender'),
  }) as const

type Props = {
  readonly message: string
  readonly onTrusted: () => void
  readonly onClose: () => void
}

export function TrustPanel({ message, onTrusted, onClose }: Props) {
  const t = useWords('held')
  const tenant = useSlug()
  const { data, error } = useEndpoint(proposeService, { params: { tenant }, query: { message } })
  const add = useAction(addService, { readAgain: [listServices, listPolicies], onDone: onTrusted })
  if (error) return <ProblemNote error={error} />
  if (!data) return <SkeletonRows rows={3} />
  const { draft, notes } = data
  const grants = [
    ...(draft.grants.permit ? [t('trustPanel.skipGreylistingAndSpam')] : []),
    ...(draft.grants.spoofing ? [t('trustPanel.sendWithYourAddressesAs')] : []),
    ...(draft.grants.displayName ? [t('trustPanel.showYourAddressesAndNames')] : []),
  ]
  return (
    <Panel title={t('trustPanel.trust', { name: draft.name })} accent>
      <div className={stack.stack}>
        <Facts
          rows={[
            [identitiesOf(t)[draft.identity], <HostText key="value">{draft.value}</HostText>],
            [
              t('trustPanel.senders'),
              <HostText key="from">{draft.senders.join(', ') || t('trustPanel.any')}</HostText>,
            ],
            [t('trustPanel.itMay'), grants.join('; ')],
          ]}
        />
        <p className="tx2">{t('trustPanel.itNeverSkipsVirusChecks', { value: notes.join(' ') })}</p>
        {add.error && <ProblemNote error={add.error} focus />}
        <div className={stack.row}>
          <Button
            loading={add.isPending}
            onClick={() =>
              add.mutate({
                params: { tenant },
                body: { draft, reason: t('trustPanel.heldMessage', { message }) },
              })
            }
          >
            {t('trustPanel.trustAndRelease')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('held.cancel')}
          </Button>
        </div>
      </div>
    </Panel>
  )
}
