// Filters by cause: the reasons of the last day with their counts, the policies, and a rule that a link
// named.
import { getMessageReasons } from '@gatepost/contract/message.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useReason } from '#i18n/reason.ts'
import { count } from '#shared/format.ts'
import { ChoiceChip, SetChip } from './filter-chips.tsx'
import type { MessageSearch } from './message-search.ts'
import { knownPolicies, usePolicyWord } from './policy-words.ts'

type Props = {
  readonly search: MessageSearch
  readonly onChange: (part: Partial<MessageSearch>) => void
}

export function CauseChips({ search, onChange }: Props) {
  const tenant = useSlug()
  const words = useWords('messages')
  const say = useReason()
  const policyWord = usePolicyWord()
  const { data } = useEndpoint(getMessageReasons, { params: { tenant } }, { staleTime: 60_000 })
  const reasons = data?.items ?? []
  const chosen = reasons.find(({ reason }) => reason === search.reason)
  return (
    <>
      {(reasons.length > 0 || search.reason) && (
        <ChoiceChip
          name={words('filter.reason')}
          value={search.reason && (chosen ? say(chosen.means) : search.reason)}
          choices={reasons.map(({ reason, means, count: number }) => ({
            label: `${say(means)} ${count(number)}`,
            pick: () => onChange({ reason }),
          }))}
          onClear={() => onChange({ reason: undefined })}
        />
      )}
      <ChoiceChip
        name={words('filter.policy')}
        value={search.policy && policyWord(search.policy)}
        choices={knownPolicies.map((policy) => ({
          label: policyWord(policy),
          pick: () => onChange({ policy }),
        }))}
        onClear={() => onChange({ policy: undefined })}
      />
      {search.rule && (
        <SetChip
          name={words('filter.rule')}
          value={search.rule}
          onClear={() => onChange({ rule: undefined })}
        />
      )}
    </>
  )
}
