// Whether first contacts are deferred: the default policy, changed in place; beside it who is never delayed.
import { listPolicies, type Policy, updatePolicy } from '@gatepost/contract/policy.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Link } from '@tanstack/react-router'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { type Choice, ChoiceCards } from '#shared/choice-cards.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import classes from './greylisting.module.css'

type Action = 'apply' | 'observe' | 'none'
type GreylistingPolicy = Extract<Policy, { type: 'greylisting' }>

const choicesOf: (t: Words) => readonly Choice<Action>[] = (t) => [
  {
    value: 'apply',
    label: t('choicePanel.deferFirstContacts'),
    means: t('choicePanel.unknownSendersAreAskedTo'),
  },
  {
    value: 'observe',
    label: t('choicePanel.onlyObserve'),
    means: t('choicePanel.nobodyIsDeferredThePage'),
  },
  { value: 'none', label: t('choicePanel.off'), means: t('choicePanel.nobodyIsDeferredAndNothing') },
]

export function ChoicePanel() {
  const t = useWords('protection')
  const tenant = useSlug()
  const may = useMay('policies:write')
  const { base, error, isRead } = usePolicies()
  const save = useAction(updatePolicy, { readAgain: [listPolicies, getLiveness] })
  const choose = (policy: GreylistingPolicy, action: Action) =>
    save.mutate({
      params: { tenant, policy: policy.id },
      body: { draft: { ...draftOf(policy), enabled: true, option: { action } }, reason: '' },
    })
  return (
    <Panel title={t('choicePanel.firstContacts')}>
      {error && <ProblemNote error={error} />}
      {!isRead && !error && <SkeletonRows rows={3} />}
      {isRead && !base && (
        <Note tone="warn" title={t('choicePanel.thereIsNoPolicyFor')}>
          {t('choicePanel.nobodyIsDeferredUnlessA')}
          <PoliciesLink>{t('choicePanel.policies')}</PoliciesLink>
        </Note>
      )}
      {base && (
        <ChoiceCards
          label={t('choicePanel.firstContactsOfUnknown')}
          labelHidden
          columns={1}
          choices={choicesOf(t)}
          value={base.enabled ? base.option.action : 'none'}
          onChange={(action) => choose(base, action)}
          disabled={!may || base.locked || save.isPending}
        />
      )}
      {save.error && <ProblemNote error={save.error} />}
    </Panel>
  )
}

/** Who passes whatever the choice, and why. */
export function ExemptPanel() {
  const t = useWords('protection')
  const { others } = usePolicies()
  return (
    <Panel title={t('choicePanel.neverDelayed')}>
      <ul className={classes.exempt}>
        <li>{t('choicePanel.permittedAndManagedSenders')}</li>
        <li>{t('choicePanel.whoAuthenticatesAndWas')}</li>
        <li>{t('choicePanel.sendersThatPassedOnceFor36')}</li>
        <li>{t('choicePanel.serversThatOnlyAskWhether')}</li>
        <li>{t('choicePanel.mailWhenANameServerDoesNot')}</li>
        {others.map((policy) => (
          <li key={policy.id}>
            {policy.option.action === 'none'
              ? t('choicePanel.yourPolicy')
              : t('choicePanel.decidedByYourPolicy')}{' '}
            <PoliciesLink>{policy.name}</PoliciesLink>: {policy.fromText}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** The policy for everybody, and those for some. */
function usePolicies() {
  const tenant = useSlug()
  const { data, error } = useEndpoint(listPolicies, {
    params: { tenant },
    query: { type: 'greylisting', limit: 100 },
  })
  const policies = (data?.items ?? []).filter((policy) => policy.type === 'greylisting')
  const base = policies.find((policy) => policy.origin === 'default' && policy.from.kind !== 'domain')
  const others = policies.filter((policy) => policy !== base && policy.enabled)
  return { base, others, error, isRead: data !== undefined }
}

function PoliciesLink({ children }: { readonly children: string }) {
  const slug = useSlug()
  return (
    <Link to="/t/$slug/policies" params={{ slug }} search={{ type: 'greylisting' }}>
      {children}
    </Link>
  )
}

/** What a person wrote of a policy, without what the server adds. */
function draftOf(policy: GreylistingPolicy) {
  const { type, name, description, from, to, addressesBasedOn, bidirectional } = policy
  const { sourceIps, hostNames, validFrom, validUntil, override, option } = policy
  return {
    ...{ type, name, description, from, to, addressesBasedOn, bidirectional },
    ...{ sourceIps, hostNames, validFrom, validUntil, override, option },
  }
}
