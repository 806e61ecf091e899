// Search field, time, filter chips and the live switch of the message list.
import { MessageStatus } from '@gatepost/contract/message.ts'
import { Kbd, Switch, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, type Ref, useEffect, useState } from 'react'
import { wordOf } from '#shared/vocabulary.ts'
import { CauseChips } from './cause-chips.tsx'
import { ChoiceChip, TextChip } from './filter-chips.tsx'
import type { MessageSearch } from './message-search.ts'
import classes from './messages.module.css'
import { TimeFilter } from './time-filter.tsx'

const TYPING_MS = 300

type Props = {
  readonly search: MessageSearch
  readonly onChange: (part: Partial<MessageSearch>) => void
  readonly live: boolean
  readonly onLive: (live: boolean) => void
  readonly fieldRef: Ref<HTMLInputElement>
  /** Beside the time: what is done with all rows that pass. */
  readonly children?: ReactNode
}

const people = [
  { field: 'sender', name: 'From', hint: 'Address or domain; ann* finds what begins so' },
  { field: 'recipient', name: 'To', hint: 'Address with its aliases, or domain; ann* finds what begins so' },
  { field: 'ip', name: 'Client', hint: 'IP address; 198.51.100.* finds what begins so' },
] as const

export function Filters({ search, onChange, live, onLive, fieldRef, children }: Props) {
  return (
    <search className={classes.filters} aria-label="Filter messages">
      <div className={classes.line}>
        <SearchField value={search.search ?? ''} onChange={onChange} fieldRef={fieldRef} />
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

type FieldProps = {
  readonly value: string
  readonly onChange: (part: Partial<MessageSearch>) => void
  readonly fieldRef: Ref<HTMLInputElement>
}

function SearchField({ value, onChange, fieldRef }: FieldProps) {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  useEffect(() => {
    if (typed.trim() === value) return
    const timer = setTimeout(() => onChange({ search: typed.trim() || undefined }), TYPING_MS)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <TextInput
      className={classes.field}
      aria-label="Search messages"
      placeholder="Address, domain, subject, message id or IP"
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={<Kbd size="xs">/</Kbd>}
      rightSectionPointerEvents="none"
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      ref={fieldRef}
    />
  )
}
