// Search field, state and recipient domain of the queue; unset filters are dashed chips.
import { Button, Menu, Popover, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { SearchField } from '#shared/search-field.tsx'
import { wordOf } from '#shared/vocabulary.ts'
import classes from '../messages/messages.module.css'
import own from './queue.module.css'
import type { QueueSearch } from './queue-search.ts'

type Props = {
  readonly search: QueueSearch
  readonly onChange: (part: Partial<QueueSearch>) => void
}

export function Filters({ search, onChange }: Props) {
  return (
    <search className={classes.filters} aria-label="Filter the queue">
      <SearchField
        label="Search the queue"
        placeholder="Sender, recipient or message id"
        value={search.search ?? ''}
        onChange={(value) => onChange({ search: value || undefined })}
      />
      <div className={classes.line}>
        {search.state ? (
          <SetChip name="State" onClear={() => onChange({ state: undefined })}>
            {wordOf('message', search.state).word}
          </SetChip>
        ) : (
          <StateChip onPick={(state) => onChange({ state })} />
        )}
        {search.domain ? (
          <SetChip name="Recipient domain" onClear={() => onChange({ domain: undefined })}>
            {search.domain}
          </SetChip>
        ) : (
          <DomainChip onPick={(domain) => onChange({ domain })} />
        )}
      </div>
    </search>
  )
}

function StateChip({ onPick }: { readonly onPick: (state: 'queued' | 'held') => void }) {
  return (
    <Menu width={180} position="bottom-start">
      <Menu.Target>
        <button type="button" className={classes.chip}>
          State
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['queued', 'held'] as const).map((state) => (
          <Menu.Item key={state} onClick={() => onPick(state)}>
            {wordOf('message', state).word}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function DomainChip({ onPick }: { readonly onPick: (domain: string) => void }) {
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  return (
    <Popover opened={open} onChange={setOpen} width={260} position="bottom-start" radius={8} trapFocus>
      <Popover.Target>
        <button type="button" className={classes.chip} onClick={() => setOpen(!open)}>
          Recipient domain
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Recipient domain">
        <form
          className={own.domain}
          onSubmit={(event) => {
            event.preventDefault()
            setOpen(false)
            if (typed.trim()) onPick(typed.trim().toLowerCase())
          }}
        >
          <TextInput
            label="Recipient domain"
            placeholder="acme.example"
            maxLength={253}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            data-autofocus
          />
          <Button type="submit">Show</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}

type SetChipProps = { readonly name: string; readonly onClear: () => void; readonly children: ReactNode }

function SetChip({ name, onClear, children }: SetChipProps) {
  return (
    <span className={classes.chipSet}>
      <span className="tx2">{name}</span> {children}
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
