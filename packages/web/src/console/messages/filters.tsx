// Search field, time, filter chips and the live switch of the message list.
import { MessageStatus } from '@gatepost/contract/message.ts'
import { Kbd, Switch } from '@mantine/core'
import type { ReactNode } from 'react'
import { SearchField } from '#shared/search-field.tsx'
import { wordOf } from '#shared/vocabulary.ts'
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
  { field: 'sender', name: 'From', hint: 'Address or domain; ann* finds what begins so' },
  { field: 'recipient', name: 'To', hint: 'Address with its aliases, or domain; ann* finds what begins so' },
  { field: 'ip', name: 'Client', hint: 'IP address; 198.51.100.* finds what begins so' },
] as const

export function Filters({ search, onChange, live, onLive, children }: Props) {
  return (
    <search className={classes.filters} aria-label="Filter messages">
      <div className={classes.line}>
        <SearchField
          className={classes.field}
          label="Search messages"
          placeholder="Address, domain, subject, message id or IP"
          value={search.search ?? ''}
          onChange={(value) => onChange({ search: value || undefined })}
          hint={<Kbd size="xs">/</Kbd>}
        />
        <TimeFilter search={search} onChange={onChange} />
        {children}
      </div>
      <div className={classes.line}>
        <ChoiceChip
          name="Status"
          value={search.status && wordOf('message', search.status).word}
          choices={MessageStatus.options.map((status) => ({
            label: wordOf('message', status).word,
            pick: () => onChange({ status }),
          }))}
          onClear={() => onChange({ status: undefined })}
        />
        <ChoiceChip
          name="Direction"
          value={search.direction && (search.direction === 'inbound' ? 'Inbound' : 'Outbound')}
          choices={[
            { label: 'Inbound', pick: () => onChange({ direction: 'inbound' }) },
            { label: 'Outbound', pick: () => onChange({ direction: 'outbound' }) },
          ]}
          onClear={() => onChange({ direction: undefined })}
        />
        {people.map(({ field, name, hint }) => (
          <TextChip
            key={field}
            name={name}
            hint={hint}
            value={search[field]}
            onChange={(value) => onChange({ [field]: value })}
          />
        ))}
        <GroupChip search={search} onChange={onChange} />
        <CauseChips search={search} onChange={onChange} />
        <span className={classes.live} data-on={live || undefined}>
          <span className={classes.dot} aria-hidden />
          <Switch
            label="Live"
            labelPosition="left"
            checked={live}
            onChange={(event) => onLive(event.currentTarget.checked)}
          />
        </span>
      </div>
    </search>
  )
}
