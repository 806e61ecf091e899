// One side of a policy: whom it is about, and what the sender's address is read from.
import { listGroups } from '@gatepost/contract/group.ts'
import type { PolicyDraft, PolicyScope } from '@gatepost/contract/policy.ts'
import { NativeSelect, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import stack from '#shared/stack.module.css'
import type { Change, FaultOf } from './policy-form.tsx'

const KINDS: readonly PolicyScope['kind'][] = [
  'everyone',
  'internal',
  'external',
  'free-mail',
  'domain',
  'group',
  'attribute',
  'address',
]

type Props = {
  /** Which side of the policy. */
  readonly of: 'from' | 'to'
  readonly value: PolicyScope
  readonly onChange: (value: PolicyScope) => void
  readonly faultOf: FaultOf
}

export function ScopeFields({ of: side, value, onChange, faultOf }: Props) {
  const words = useWords('policies')
  return (
    <div className={stack.pair}>
      <NativeSelect
        label={words(side === 'from' ? 'scope.from' : 'scope.to')}
        data={KINDS.map((kind) => ({ value: kind, label: words(`scope.${kind}`) }))}
        value={value.kind}
        error={faultOf(side)}
        onChange={(event) => onChange(scopeOf(event.currentTarget.value as PolicyScope['kind']))}
      />
      {value.kind === 'domain' && (
        <TextInput
          label={words('scope.domainField')}
          placeholder="payhub.example"
          autoCapitalize="off"
          spellCheck={false}
          value={value.domain}
          error={faultOf(`${side}/domain`)}
          onChange={(event) => onChange({ kind: 'domain', domain: event.currentTarget.value })}
        />
      )}
      {value.kind === 'address' && (
        <TextInput
          label={words('scope.addressField')}
          placeholder="ann@payhub.example"
          autoCapitalize="off"
          spellCheck={false}
          value={value.address}
          error={faultOf(`${side}/address`)}
          onChange={(event) => onChange({ kind: 'address', address: event.currentTarget.value })}
        />
      )}
      {value.kind === 'attribute' && (
        <>
          <TextInput
            label={words('scope.attributeName')}
            placeholder="department"
            autoCapitalize="off"
            spellCheck={false}
            value={value.name}
            error={faultOf(`${side}/name`)}
            onChange={(event) => onChange({ ...value, name: event.currentTarget.value })}
          />
          <TextInput
            label={words('scope.attributeValue')}
            spellCheck={false}
            value={value.value}
            error={faultOf(`${side}/value`)}
            onChange={(event) => onChange({ ...value, value: event.currentTarget.value })}
          />
        </>
      )}
      {value.kind === 'group' && (
        <GroupField of={side} value={value.groupId} onChange={onChange} faultOf={faultOf} />
      )}
    </div>
  )
}

type GroupProps = Omit<Props, 'value'> & { readonly value: string }

const GROUPS_SHOWN = 500

function GroupField({ of: side, value, onChange, faultOf }: GroupProps) {
  const words = useWords('policies')
  const tenant = useSlug()
  const { data } = useEndpoint(listGroups, { params: { tenant }, query: { limit: GROUPS_SHOWN } })
  const groups = data?.items ?? []
  if (data && groups.length === 0) {
    return (
      <p className="small tx2">
        {words('scope.noGroup')}{' '}
        <Link to="/t/$slug/policies/groups" params={{ slug: tenant }}>
          {words('scope.makeGroup')}
        </Link>
      </p>
    )
  }
  return (
    <NativeSelect
      label={words('scope.groupField')}
      data={[
        { value: '', label: words('scope.chooseGroup') },
        ...groups.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      value={value}
      error={faultOf(`${side}/groupId`)}
      onChange={(event) => onChange({ kind: 'group', groupId: event.currentTarget.value })}
    />
  )
}

function scopeOf(kind: PolicyScope['kind']): PolicyScope {
  switch (kind) {
    case 'domain':
      return { kind, domain: '' }
    case 'group':
      return { kind, groupId: '' }
    case 'attribute':
      return { kind, name: '', value: '' }
    case 'address':
      return { kind, address: '' }
    default:
      return { kind }
  }
}

const BASED_ON = ['envelope', 'header', 'both'] as const

export function BasedOn({ draft, onChange }: { readonly draft: PolicyDraft; readonly onChange: Change }) {
  const words = useWords('policies')
  return (
    <NativeSelect
      label={words('basedOn.label')}
      description={words(`basedOn.${draft.addressesBasedOn}Text`)}
      data={BASED_ON.map((value) => ({ value, label: words(`basedOn.${value}`) }))}
      value={draft.addressesBasedOn}
      onChange={(event) =>
        onChange({ addressesBasedOn: event.currentTarget.value as PolicyDraft['addressesBasedOn'] })
      }
    />
  )
}
