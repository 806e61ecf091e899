// One side of a policy: whom it is about, and what the sender's address is read from.
import { listGroups } from '@gatepost/contract/group.ts'
import type { PolicyDraft, PolicyScope } from '@gatepost/contract/policy.ts'
import { NativeSelect, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import stack from '#shared/stack.module.css'
import type { Change, FaultOf } from './policy-form.tsx'

const kinds: readonly { readonly value: PolicyScope['kind']; readonly label: string }[] = [
  { value: 'everyone', label: 'Everyone' },
  { value: 'internal', label: 'Internal addresses' },
  { value: 'external', label: 'External addresses' },
  { value: 'free-mail', label: 'Free-mail providers' },
  { value: 'domain', label: 'Email domain' },
  { value: 'group', label: 'Address group' },
  { value: 'address', label: 'Individual address' },
]

type Props = {
  readonly side: 'from' | 'to'
  readonly value: PolicyScope
  readonly onChange: (value: PolicyScope) => void
  readonly faultOf: FaultOf
}

export function ScopeFields({ side, value, onChange, faultOf }: Props) {
  const label = side === 'from' ? 'Applies from' : 'Applies to'
  return (
    <div className={stack.pair}>
      <NativeSelect
        label={label}
        data={[...kinds]}
        value={value.kind}
        error={faultOf(side)}
        onChange={(event) => onChange(scopeOf(event.currentTarget.value as PolicyScope['kind']))}
      />
      {value.kind === 'domain' && (
        <TextInput
          label="Domain"
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
          label="Address"
          placeholder="ann@payhub.example"
          autoCapitalize="off"
          spellCheck={false}
          value={value.address}
          error={faultOf(`${side}/address`)}
          onChange={(event) => onChange({ kind: 'address', address: event.currentTarget.value })}
        />
      )}
      {value.kind === 'group' && (
        <GroupField side={side} value={value.groupId} onChange={onChange} faultOf={faultOf} />
      )}
    </div>
  )
}

type GroupProps = Omit<Props, 'value'> & { readonly value: string }

const GROUPS_SHOWN = 500

function GroupField({ side, value, onChange, faultOf }: GroupProps) {
  const tenant = useSlug()
  const { data } = useEndpoint(listGroups, { params: { tenant }, query: { limit: GROUPS_SHOWN } })
  const groups = data?.items ?? []
  if (data && groups.length === 0) {
    return (
      <p className="small tx2">
        There is no address group yet.{' '}
        <Link to="/t/$slug/policies/groups" params={{ slug: tenant }}>
          Make one
        </Link>
      </p>
    )
  }
  return (
    <NativeSelect
      label="Group"
      data={[
        { value: '', label: 'Choose a group' },
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
    case 'address':
      return { kind, address: '' }
    default:
      return { kind }
  }
}

const basedOn = [
  { value: 'envelope', label: 'Envelope (MAIL FROM)' },
  { value: 'header', label: 'Header (From)' },
  { value: 'both', label: 'Both' },
] as const

const basedOnHelp = {
  envelope: 'What the sending server says. Bounces and mailing lists have another one than the reader sees.',
  header: 'What the reader sees. It comes with the content, too late to skip greylisting and reputation.',
  both: 'Either may match. A match by the header alone comes too late to skip greylisting and reputation.',
} as const

export function BasedOn({ draft, onChange }: { readonly draft: PolicyDraft; readonly onChange: Change }) {
  return (
    <NativeSelect
      label="Addresses based on"
      description={basedOnHelp[draft.addressesBasedOn]}
      data={[...basedOn]}
      value={draft.addressesBasedOn}
      onChange={(event) =>
        onChange({ addressesBasedOn: event.currentTarget.value as PolicyDraft['addressesBasedOn'] })
      }
    />
  )
}
