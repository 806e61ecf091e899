// The filter by a group of recipients: for those who may read groups, and for whoever opens a link that has
// one.
import { type AddressGroupSummary, listGroups } from '@gatepost/contract/group.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
import { ChoiceChip } from './filter-chips.tsx'
import type { MessageSearch } from './message-search.ts'

type Props = {
  readonly search: MessageSearch
  readonly onChange: (part: Partial<MessageSearch>) => void
}

/** A menu of more is no menu; others are found on the page of groups. */
const GROUPS_SHOWN = 100

export function GroupChip({ search, onChange }: Props) {
  const tenant = useSlug()
  const words = useWords('messages')
  const may = useMay('policies:read')
  const { data } = useEndpoint(
    listGroups,
    { params: { tenant }, query: { limit: GROUPS_SHOWN } },
    { enabled: may, staleTime: 60_000 },
  )
  // Nobody is written to in an empty one.
  const groups = (data?.items ?? []).filter((group) => sizeOf(group, words) !== '')
  const name = groups.find(({ id }) => id === search.group)?.name ?? search.group
  const clear = () => onChange({ group: undefined })
  if (!search.group && groups.length === 0) return null
  return (
    <ChoiceChip
      name={words('filter.group')}
      value={search.group && name}
      choices={groups.map((group) => ({
        label: `${group.name} (${sizeOf(group, words)})`,
        pick: () => onChange({ group: group.id }),
      }))}
      onClear={clear}
    />
  )
}

/** `12 users, 2 addresses, 1 domain`; empty for an empty group. */
function sizeOf({ memberCount, addressCount, domainCount }: AddressGroupSummary, words: Words): string {
  const parts = [
    memberCount > 0 && words('users', { count: memberCount, number: count(memberCount) }),
    addressCount > 0 && words('addresses', { count: addressCount, number: count(addressCount) }),
    domainCount > 0 && words('domains', { count: domainCount, number: count(domainCount) }),
  ]
  return parts.filter(Boolean).join(', ')
}
