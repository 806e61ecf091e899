// Filter chips: dashed while unset; tinted, with their value and a way to clear them, when set.
import { Button, Menu, Popover, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useWords } from '#i18n/i18n.ts'
import classes from './messages.module.css'

type ChoiceProps = {
  readonly name: string
  readonly value: string | undefined
  readonly choices: readonly { readonly label: string; readonly pick: () => void }[]
  readonly onClear: () => void
}

/** One of a few values. */
export function ChoiceChip({ name, value, choices, onClear }: ChoiceProps) {
  if (value) return <SetChip name={name} value={value} onClear={onClear} />
  return (
    <Menu width={260} position="bottom-start">
      <Menu.Target>
        <button type="button" className={classes.chip}>
          {name}
        </button>
      </Menu.Target>
      <Menu.Dropdown className={classes.choices}>
        {choices.map(({ label, pick }) => (
          <Menu.Item key={label} onClick={pick}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

type TextProps = {
  readonly name: string
  readonly hint: string
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
}

/** A value that is typed. */
export function TextChip({ name, hint, value, onChange }: TextProps) {
  const words = useWords('messages')
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  if (value) return <SetChip name={name} value={value} onClear={() => onChange(undefined)} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setOpen(false)
    setTyped('')
    if (typed.trim() !== '') onChange(typed.trim())
  }
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      width={300}
      withinPortal={false}
      trapFocus
      withRoles={false}
    >
      <Popover.Target>
        <button type="button" className={classes.chip} aria-expanded={open} onClick={() => setOpen(!open)}>
          {name}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <form className={classes.popover} onSubmit={submit}>
          <TextInput
            data-autofocus
            label={name}
            description={hint}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit" variant="default">
            {words('filter.apply')}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}

type SetProps = { readonly name: string; readonly value: string; readonly onClear: () => void }

export function SetChip({ name, value, onClear }: SetProps) {
  const words = useWords('messages')
  return (
    <span className={classes.chipSet}>
      <span className="tx2">{name}</span> <span className={classes.chipValue}>{value}</span>
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
