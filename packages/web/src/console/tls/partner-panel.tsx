// One partner: the last test of its hosts, the policies about it, and what could be asked.

import { getConnect } from '@gatepost/contract/connect.ts'
import { listPolicies } from '@gatepost/contract/policy.ts'
import {
  type DeliveryLevel,
  enforceTlsPartner,
  listTlsPartners,
  removeTlsPartner,
  type TlsPartner,
  testTlsPartner,
} from '@gatepost/contract/tls.ts'
import { Button, Checkbox, NativeSelect } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { CheckList } from '#shared/check-list.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { levelNamesOf, strongestWordsOf } from './tls-words.ts'

type Props = { readonly partner: TlsPartner; readonly may: boolean }

export function PartnerPanel({ partner, may }: Props) {
  const t = useWords('flow')
  const { domain, test, warning } = partner
  const isRunning = test?.state === 'running'
  return (
    <Panel title={domain} side={test?.strongest && strongestWordsOf(t)[test.strongest]} flush>
      {warning && (
        <PanelBody>
          <Note tone="warn" title={t('partnerPanel.mailToThisPartnerWaits')}>
            <p>{warning}</p>
          </Note>
        </PanelBody>
      )}
      {isRunning && <SkeletonRows rows={3} />}
      {test && !isRunning && <CheckList checks={test.checks} label={t('partnerPanel.tlsOf', { domain })} />}
      <Asked partner={partner} />
      {may && test?.strongest && test.strongest !== 'opportunistic' && (
        <Enforce key={test.startedAt} partner={partner} strongest={test.strongest} />
      )}
      {may && <Acts partner={partner} isRunning={isRunning} />}
    </Panel>
  )
}

function Asked({ partner }: { readonly partner: TlsPartner }) {
  const slug = useSlug()
  if (partner.policies.length === 0) return null
  return (
    <PanelBody>
      <ul className={stack.plain}>
        {partner.policies.map(({ id, name, text }) => (
          <li key={id}>
            <Link to="/t/$slug/policies/$policy" params={{ slug, policy: id }}>
              {name}
            </Link>
            : {text}
          </li>
        ))}
      </ul>
    </PanelBody>
  )
}

/** Levels that the hosts bear, strictest first. */
const ORDER: readonly DeliveryLevel[] = ['dane', 'mta-sts', 'verified', 'enforced-strict', 'enforced-relaxed']

function bearable(strongest: DeliveryLevel): readonly DeliveryLevel[] {
  if (strongest === 'dane') return ['dane', 'enforced-relaxed']
  if (strongest === 'mta-sts') return ['mta-sts', 'enforced-strict', 'enforced-relaxed']
  return ORDER.slice(ORDER.indexOf(strongest))
}

type EnforceProps = { readonly partner: TlsPartner; readonly strongest: DeliveryLevel }

function Enforce({ partner, strongest }: EnforceProps) {
  const t = useWords('flow')
  const tenant = useSlug()
  const levels = bearable(strongest)
  const [level, setLevel] = useState<DeliveryLevel>(levels[0] ?? 'enforced-relaxed')
  const [receipt, setReceipt] = useState(false)
  const enforce = useAction(enforceTlsPartner, { readAgain: [listTlsPartners, listPolicies, getConnect] })
  const isAsked = partner.policies.some((policy) => policy.level === level)
  const hasReceipt = partner.policies.some(({ type }) => type === 'secure-receipt')
  return (
    <PanelBody>
      <div className={stack.stack}>
        <div className={stack.end}>
          <NativeSelect
            label={t('partnerPanel.askFor')}
            description={t('partnerPanel.whatTheHostsBearByTheLast')}
            data={levels.map((value) => ({ value, label: levelNamesOf(t)[value] }))}
            value={level}
            onChange={(event) => setLevel(event.currentTarget.value as DeliveryLevel)}
          />
          <Button
            variant={partner.policies.length === 0 ? 'filled' : 'default'}
            disabled={isAsked && (!receipt || hasReceipt)}
            loading={enforce.isPending}
            onClick={() =>
              enforce.mutate({ params: { tenant, domain: partner.domain }, body: { level, receipt } })
            }
          >
            {t('partnerPanel.askForTls')}
          </Button>
        </div>
        {!hasReceipt && (
          <Checkbox
            label={t('partnerPanel.alsoRefuseMailFromThat', { domain: partner.domain })}
            description={t('partnerPanel.onlyIfThePartnerToldYou')}
            checked={receipt}
            onChange={(event) => setReceipt(event.currentTarget.checked)}
          />
        )}
        {enforce.error && <ProblemNote error={enforce.error} />}
      </div>
    </PanelBody>
  )
}

function Acts({ partner, isRunning }: { readonly partner: TlsPartner; readonly isRunning: boolean }) {
  const t = useWords('flow')
  const tenant = useSlug()
  const confirm = useConfirm()
  const params = { tenant, domain: partner.domain }
  const run = useAction(testTlsPartner, { readAgain: [listTlsPartners, getConnect] })
  const remove = useAction(removeTlsPartner, { readAgain: [listTlsPartners, getConnect] })
  const ask = async () => {
    const isMeant =
      partner.policies.length === 0 ||
      (await confirm({
        title: t('partnerPanel.isTestedNoMore', { domain: partner.domain }),
        body: <p>{t('partnerPanel.itsPoliciesStayAndGoOn')}</p>,
        act: t('partnerPanel.removePartner'),
      }))
    if (isMeant) remove.mutate({ params })
  }
  return (
    <PanelFoot>
      <span>
        {partner.test &&
          !isRunning &&
          rich(t, 'partnerPanel.tested', { time: <RelativeTime at={partner.test.startedAt} /> })}
        {(run.error ?? remove.error) && <ProblemNote error={(run.error ?? remove.error) as Error} />}
      </span>
      <span>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          loading={run.isPending || isRunning}
          onClick={() => run.mutate({ params })}
        >
          {t('partnerPanel.testAgain')}
        </Button>
        <Button variant="subtle" color="gray" size="compact-sm" loading={remove.isPending} onClick={ask}>
          {t('partnerPanel.removePartner')}
        </Button>
      </span>
    </PanelFoot>
  )
}
