// Whether first contacts are deferred: the default policy, changed in place; beside it who is never delayed.
import { listPolicies, type Policy, updatePolicy } from '@gatepost/contract/policy.ts'
import { getLiveness } from '@gatepost/contract/tenant.ts'
import { Link } from '@tanstack/react-router'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { type Choice, ChoiceCards } from '#shared/choice-cards.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import classes from './greylisting.module.css'

type Action = 'apply' | 'observe' | 'none'
type GreylistingPolicy = Extract<Policy, { type: 'greylisting' }>

const CHOICES: readonly Choice<Action>[] = [
  {
    value: 'apply',
    label: 'Defer first contacts',
    means: 'Unknown senders are asked to come again after a minute.',
  },
  {
    value: 'observe',
    label: 'Only observe',
    means: 'Nobody is deferred; the page shows who would have been.',
  },
  { value: 'none', label: 'Off', means: 'Nobody is deferred and nothing is counted.' },
]

export function ChoicePanel() {
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
    <Panel title="First contacts">
      {error && <ProblemNote error={error} />}
      {!isRead && !error && <SkeletonRows rows={3} />}
      {isRead && !base && (
        <Note tone="warn" title="There is no policy for everybody">
          Nobody is deferred unless a policy of your own says so. <PoliciesLink>Policies</PoliciesLink>
        </Note>
      )}
      {base && (
        <ChoiceCards
          label="First contacts of unknown senders"
          labelHidden
          columns={1}
          choices={CHOICES}
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
  const { others } = usePolicies()
  return (
    <Panel title="Never delayed">
      <ul className={classes.exempt}>
        <li>Permitted and managed senders, and people your users wrote to</li>
        <li>Who authenticates and was accepted here before</li>
        <li>Senders that passed once, for 36 days after their last message</li>
        <li>Servers that only ask whether an address exists</li>
        <li>Mail when a name server does not answer: not knowing is never held against a sender</li>
        {others.map((policy) => (
          <li key={policy.id}>
            {policy.option.action === 'none' ? 'Your policy' : 'Decided by your policy'}{' '}
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
