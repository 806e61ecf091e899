// Search field, state and recipient domain of the queue; unset filters are dashed chips.
import { Button, Menu, Popover, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useWords } from '#i18n/i18n.ts'
import { SearchField } from '#shared/search-field.tsx'
import { StateName } from '#shared/status-word.tsx'
import classes from '../messages/messages.module.css'
import own from './queue.module.css'
import type { QueueSearch } from './queue-search.ts'

type Props = {
  readonly search: QueueSearch
  readonly onChange: (part: Partial<QueueSearch>) => void
}

export function Filters({ search, onChange }: Props) {
  const words = useWords('queue')
  return (
    <search className={classes.filters} aria-label={words('filter.label')}>
      <SearchField
        label={words('filter.search')}
        placeholder={words('filter.hint')}
        value={search.search ?? ''}
        onChange={(value) => onChange({ search: value || undefined })}
      />
      <div className={classes.line}>
        {search.state ? (
          <SetChip name={words('filter.state')} onClear={() => onChange({ state: undefined })}>
            <StateName of="message" state={search.state} />
          </SetChip>
        ) : (
          <StateChip onPick={(state) => onChange({ state })} />
        )}
        {search.domain ? (
          <SetChip name={words('filter.domain')} onClear={() => onChange({ domain: undefined })}>
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
  const words = useWords('queue')
  return (
    <Menu width={180} position="bottom-start">
      <Menu.Target>
        <button type="button" className={classes.chip}>
          {words('filter.state')}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['queued', 'held'] as const).map((state) => (
          <Menu.Item key={state} onClick={() => onPick(state)}>
            <StateName of="message" state={state} />
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function DomainChip({ onPick }: { readonly onPick: (domain: string) => void }) {
  const words = useWords('queue')
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  return (
    <Popover opened={open} onChange={setOpen} width={260} position="bottom-start" radius={8} trapFocus>
      <Popover.Target>
        <button type="button" className={classes.chip} onClick={() => setOpen(!open)}>
          {words('filter.domain')}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={words('filter.domain')}>
        <form
          className={own.domain}
          onSubmit={(event) => {
            event.preventDefault()
            setOpen(false)
            if (typed.trim()) onPick(typed.trim().toLowerCase())
          }}
        >
          <TextInput
            label={words('filter.domain')}
            placeholder="acme.example"
            maxLength={253}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            data-autofocus
          />
          <Button type="submit">{words('filter.show')}</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}

type SetChipProps = { readonly name: string; readonly onClear: () => void; readonly children: ReactNode }

function SetChip({ name, onClear, children }: SetChipProps) {
  const words = useWords('queue')
  return (
    <span className={classes.chipSet}>
      <span className="tx2">{name}</span> {children}
      <button
        type="button"
        className={classes.clear}
        aria-label={words('filter.clear', { name: name.toLowerCase() })}
        onClick={onClear}
      >
        <IconX size={14} aria-hidden />
      </button>
    </span>
  )
}
