// One trusted service with the policies it has made, and taking the trust back.
import { getConnect } from '@gatepost/contract/connect.ts'
import { listPolicies } from '@gatepost/contract/policy.ts'
import { listServices, removeService, type TrustedService } from '@gatepost/contract/service.ts'
import { getSpoofing } from '@gatepost/contract/spoofing.ts'
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { Facts } from '#shared/facts.tsx'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import classes from '../spoofing/spoofing.module.css'

const identitiesOf = (t: Words) =>
  ({
    dkim: t('servicePanel.signingDomain'),
    host: t('servicePanel.verifiedHostName'),
    ip: t('servicePanel.address'),
    from: t('servicePanel.sender'),
  }) as const

export function ServicePanel({ service, may }: { readonly service: TrustedService; readonly may: boolean }) {
  const t = useWords('protection')
  const tenant = useSlug()
  const confirm = useConfirm()
  const remove = useAction(removeService, {
    readAgain: [listServices, listPolicies, getSpoofing, getConnect],
  })
  const ask = async () => {
    const agreed = await confirm({
      title: t('servicePanel.mailOfIsTreatedLikeAny', { name: service.name }),
      body: t('servicePanel.policiesMadeByItWillGoThe', { count: service.policies.length }),
      act: t('servicePanel.trustItNoMore'),
      keep: t('servicePanel.keepIt'),
    })
    if (agreed) remove.mutate({ params: { tenant, service: service.id } })
  }
  return (
    <Panel
      title={service.name}
      side={rich(t, 'servicePanel.by', {
        createdBy: service.createdBy,
        time: <RelativeTime at={service.createdAt} />,
      })}
      actions={
        may && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            loading={remove.isPending}
            onClick={() => void ask()}
          >
            {t('servicePanel.trustNoMore')}
            <span className="hidden-visually">: {service.name}</span>
          </Button>
        )
      }
    >
      <div className={stack.stack}>
        <Facts
          rows={[
            [
              identitiesOf(t)[service.identity],
              <span key="value" className="mono">
                <HostText>{service.value}</HostText>
              </span>,
            ],
            [
              t('servicePanel.senders'),
              service.senders.length === 0 ? (
                t('servicePanel.any')
              ) : (
                <HostText key="from">{service.senders.join(', ')}</HostText>
              ),
            ],
            ...(service.comment === '' ? [] : [[t('servicePanel.comment'), service.comment] as const]),
          ]}
        />
        <ul className={classes.plain}>
          {service.policies.map((policy) => (
            <li key={policy.id}>
              <Link to="/t/$slug/policies/$policy" params={{ slug: tenant, policy: policy.id }}>
                {policy.name}
              </Link>
              <span className="tx2">
                {policy.text}
                {policy.enabled ? '' : ' · disabled'}
              </span>
            </li>
          ))}
        </ul>
        {remove.error && <ProblemNote error={remove.error} />}
      </div>
    </Panel>
  )
}
