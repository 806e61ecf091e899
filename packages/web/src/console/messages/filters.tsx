// Search field, time, filter chips and the live switch of the message list.
import { MessageStatus } from '@gatepost/contract/message.ts'
import { Kbd, Switch } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '#i18n/i18n.ts'
import { SearchField } from '#shared/search-field.tsx'
import { CauseChips } from './cause-chips.tsx'
import { ChoiceChip, TextChip } from './filter-chips.tsx'
import { GroupChip } from './group-chip.tsx'
import type { MessageSearch } from './message-search.ts'
import classes from './messages.module.css'
import { TimeFilter } from './time-filter.tsx'

type Props = {
  readonly search: MessageSearch
  readonly onChange: (part: Partial<MessageSearch>) => void
  readonly live: boolean
  readonly onLive: (live: boolean) => void
  /** Beside the time: what is done with all rows that pass. */
  readonly children?: ReactNode
}

const people = [
  { field: 'sender', hint: 'senderHint' },
  { field: 'recipient', hint: 'recipientHint' },
  { field: 'ip', hint: 'ipHint' },
] as const

export function Filters({ search, onChange, live, onLive, children }: Props) {
  const words = useWords('messages')
  const states = useWords('shell')
  const statusName = (status: MessageStatus): string => states(`states.message.${status}`)
  return (
    <search className={classes.filters} aria-label={words('filter.label')}>
      <div className={classes.line}>
        <SearchField
          className={classes.field}
          label={words('filter.search')}
          placeholder={words('filter.hint')}
          value={search.search ?? ''}
          onChange={(value) => onChange({ search: value || undefined })}
          hint={<Kbd size="xs">/</Kbd>}
        />
        <TimeFilter search={search} onChange={onChange} />
        {children}
      </div>
      <div className={classes.line}>
        <ChoiceChip
          name={words('filter.status')}
          value={search.status && statusName(search.status)}
          choices={MessageStatus.options.map((status) => ({
            label: statusName(status),
            pick: () => onChange({ status }),
          }))}
          onClear={() => onChange({ status: undefined })}
        />
        <ChoiceChip
          name={words('filter.direction')}
          value={search.direction && words(`filter.${search.direction}`)}
          choices={[
            { label: words('filter.inbound'), pick: () => onChange({ direction: 'inbound' }) },
            { label: words('filter.outbound'), pick: () => onChange({ direction: 'outbound' }) },
          ]}
          onClear={() => onChange({ direction: undefined })}
        />
        {people.map(({ field, hint }) => (
          <TextChip
            key={field}
            name={words(`filter.${field}`)}
            hint={words(`filter.${hint}`)}
            value={search[field]}
            onChange={(value) => onChange({ [field]: value })}
          />
        ))}
        <GroupChip search={search} onChange={onChange} />
        <CauseChips search={search} onChange={onChange} />
        <span className={classes.live} data-on={live || undefined}>
          <span className={classes.dot} aria-hidden />
          <Switch
            label={words('filter.live')}
            labelPosition="left"
            checked={live}
            onChange={(event) => onLive(event.currentTarget.checked)}
          />
        </span>
      </div>
    </search>
  )
}
