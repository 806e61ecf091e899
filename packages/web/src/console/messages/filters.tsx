// Search field, time, filter chips and the live switch of the message list.
import { MessageStatus } from '@gatepost/contract/message.ts'
import { Kbd, Menu, Switch, TextInput } from '@mantine/core'
import { IconSearch, IconX } from '@tabler/icons-react'
import { type Ref, useEffect, useState } from 'react'
import { wordOf } from '#shared/vocabulary.ts'
import { type MessageSearch, ranges, rangeWords } from './message-search.ts'
import classes from './messages.module.css'

const TYPING_MS = 300

type Props = {
  readonly search: MessageSearch
  readonly onChange: (part: Partial<MessageSearch>) => void
  readonly live: boolean
  readonly onLive: (live: boolean) => void
  readonly fieldRef: Ref<HTMLInputElement>
}

export function Filters({ search, onChange, live, onLive, fieldRef }: Props) {
  return (
    <search className={classes.filters} aria-label="Filter messages">
      <div className={classes.line}>
        <SearchField value={search.search ?? ''} onChange={onChange} fieldRef={fieldRef} />
        <Menu width={180}>
          <Menu.Target>
            <button type="button" className={classes.time}>
              <span className="tx3">Time</span> {rangeWords[search.time ?? 'day']}
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {ranges.map((time) => (
              <Menu.Item key={time} onClick={() => onChange({ time: time === 'day' ? undefined : time })}>
                {rangeWords[time]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </div>
      <div className={classes.line}>
        <Chip
          name="Status"
          value={search.status && wordOf('message', search.status).word}
          choices={MessageStatus.options.map((status) => ({
            label: wordOf('message', status).word,
            pick: () => onChange({ status }),
          }))}
          onClear={() => onChange({ status: undefined })}
        />
        <Chip
          name="Direction"
          value={search.direction && (search.direction === 'inbound' ? 'Inbound' : 'Outbound')}
          choices={[
            { label: 'Inbound', pick: () => onChange({ direction: 'inbound' }) },
            { label: 'Outbound', pick: () => onChange({ direction: 'outbound' }) },
          ]}
          onClear={() => onChange({ direction: undefined })}
        />
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

type ChipProps = {
  readonly name: string
  readonly value: string | undefined
  readonly choices: readonly { readonly label: string; readonly pick: () => void }[]
  readonly onClear: () => void
}

function Chip({ name, value, choices, onClear }: ChipProps) {
  if (value) {
    return (
      <span className={classes.chipSet}>
        <span className="tx2">{name}</span> {value}
        <button
          type="button"
          className={classes.clear}
          aria-label={`Clear ${name.toLowerCase()}`}
          onClick={onClear}
        >
          <IconX size={14} aria-hidden />
        </button>
      </span>
    )
  }
  return (
    <Menu width={180} position="bottom-start">
      <Menu.Target>
        <button type="button" className={classes.chip}>
          {name}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map(({ label, pick }) => (
          <Menu.Item key={label} onClick={pick}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
