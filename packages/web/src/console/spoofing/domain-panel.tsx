// One domain: refuse, report only or take mail from outside that uses it, and what is let through.
import { getConnect } from '@gatepost/contract/connect.ts'
import { listPolicies } from '@gatepost/contract/policy.ts'
import { getSpoofing, type SpoofedDomain, setSpoofing } from '@gatepost/contract/spoofing.ts'
import { Button, Checkbox } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { ChoiceCards } from '#shared/choice-cards.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { LiveLine } from '../live-line.tsx'
import classes from './spoofing.module.css'

type Action = 'refuse' | 'report' | 'none'
const ACTION_OF = { refuses: 'refuse', reports: 'report', unprotected: 'none' } as const

export function DomainPanel({ domain, may }: { readonly domain: SpoofedDomain; readonly may: boolean }) {
  const t = useWords('protection')
  const tenant = useSlug()
  const confirm = useConfirm()
  const [action, setAction] = useState<Action>(ACTION_OF[domain.state])
  const [aligned, setAligned] = useState(domain.acceptsAligned)
  const save = useAction(setSpoofing, { readAgain: [getSpoofing, listPolicies, getConnect] })
  const isChanged = action !== ACTION_OF[domain.state] || aligned !== domain.acceptsAligned
  const submit = async () => {
    const isWeaker = action !== 'refuse' && domain.state === 'refuses'
    const agreed =
      !isWeaker ||
      (await confirm({
        title: t('domainPanel.anybodyOutsideCanThenWrite', { domain: domain.domain }),
        body: refusedText(t, domain.refused),
        act: action === 'report' ? t('domainPanel.onlyReport') : t('domainPanel.takeNoAction'),
        keep: t('domainPanel.goOnRefusing'),
      }))
    if (!agreed) return
    const body = { action, acceptAligned: aligned, reason: '' }
    save.mutate({ params: { tenant, domain: domain.domain }, body })
  }
  return (
    <Panel
      title={domain.domain}
      side={domain.policy && <PolicyLink id={domain.policy.id} name={domain.policy.name} />}
    >
      <div className={stack.stack}>
        <ChoiceCards<Action>
          label={t('domainPanel.mailFromOutsideThatUses', { domain: domain.domain })}
          columns={3}
          value={action}
          onChange={setAction}
          disabled={!may}
          choices={[
            {
              value: 'refuse',
              label: t('domainPanel.refuse550'),
              means: t('domainPanel.nobodyOutsideCanWriteAsYou'),
            },
            {
              value: 'report',
              label: t('domainPanel.reportOnly'),
              means: t('domainPanel.mailIsTakenTheListAbove'),
            },
            {
              value: 'none',
              label: t('domainPanel.takeNoAction'),
              means: t('domainPanel.mailIsTakenAndNothingIs'),
            },
          ]}
        />
        {action !== 'none' && (
          <Checkbox
            checked={aligned}
            onChange={(event) => setAligned(event.currentTarget.checked)}
            disabled={!may}
            label={t('domainPanel.takeMailThatAuthenticates')}
            description={t('domainPanel.signedWithDkimByTheDomain')}
          />
        )}
        <Exemptions domain={domain} />
        {save.error && <ProblemNote error={save.error} />}
        {may && (
          <div className={stack.row}>
            <Button
              variant="default"
              disabled={!isChanged}
              loading={save.isPending}
              onClick={() => void submit()}
            >
              {t('domainPanel.save')}
              <span className="hidden-visually">
                {t('domainPanel.antiSpoofingOf', { domain: domain.domain })}
              </span>
            </Button>
            {save.isSuccess && !isChanged && <LiveLine />}
          </div>
        )}
      </div>
    </Panel>
  )
}

function refusedText(t: Words, refused: number): string {
  return t('domainPanel.messagesWithThisDomainWere', { count: refused })
}

function Exemptions({ domain }: { readonly domain: SpoofedDomain }) {
  const t = useWords('protection')
  if (domain.exemptions.length === 0) {
    return <p className="tx2">{t('domainPanel.noPolicyLetsAnybodyOutside', { domain: domain.domain })}</p>
  }
  return (
    <div>
      <h3 className={classes.small}>{t('domainPanel.letThrough')}</h3>
      <ul className={classes.plain}>
        {domain.exemptions.map((policy) => (
          <li key={policy.id}>
            <PolicyLink id={policy.id} name={policy.name} />
            <span className="tx2">{policy.state === 'active' ? '' : ` · ${policy.state}`}</span>
            {[...policy.hostNames, ...policy.sourceIps].map((condition) => (
              <span key={condition} className="mono">
                <HostText>{condition}</HostText>
              </span>
            ))}
          </li>
        ))}
      </ul>
    </div>
  )
}

function PolicyLink({ id, name }: { readonly id: string; readonly name: string }) {
  const slug = useSlug()
  return (
    <Link to="/t/$slug/policies/$policy" params={{ slug, policy: id }}>
      {name}
    </Link>
  )
}
