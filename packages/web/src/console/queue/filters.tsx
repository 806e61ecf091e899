// Search field, state and recipient domain of the queue; unset filters are dashed chips.
import { useWords } from '#i18n/i18n.ts'
import { SearchField } from '#shared/search-field.tsx'
import { ChoiceChip, TextChip } from '../messages/filter-chips.tsx'
import classes from '../messages/messages.module.css'
import type { QueueSearch } from './queue-search.ts'

type Props = {
  readonly search: QueueSearch
  readonly onChange: (part: Partial<QueueSearch>) => void
}

const STATES = ['queued', 'held'] as const

export function Filters({ search, onChange }: Props) {
  const words = useWords('queue')
  const states = useWords('shell')
  return (
    <search className={classes.filters} aria-label={words('filter.label')}>
      <SearchField
        label={words('filter.search')}
        placeholder={words('filter.hint')}
        value={search.search ?? ''}
        onChange={(value) => onChange({ search: value || undefined })}
      />
      <div className={classes.line}>
        <ChoiceChip
          name={words('filter.state')}
          value={search.state && states(`states.message.${search.state}`)}
          choices={STATES.map((state) => ({
            label: states(`states.message.${state}`),
            pick: () => onChange({ state }),
          }))}
          onClear={() => onChange({ state: undefined })}
        />
        <TextChip
          name={words('filter.domain')}
          hint={words('filter.domainHint')}
          value={search.domain}
          onChange={(domain) => onChange({ domain: domain?.toLowerCase() })}
        />
      </div>
    </search>
  )
}
