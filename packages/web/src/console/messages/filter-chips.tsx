// Filter chips: dashed while unset; tinted, with their value and a way to clear them, when set.
import { Button, Menu, Popover, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { useWords } from '#i18n/i18n.ts'
import classes from './messages.module.css'

/**
 * Where a chip becomes another one by the reader's own hand, the new one has the focus. `acted` is said when
 * that hand moves.
 */
export function useFollow(value: string | undefined) {
  const box = useRef<HTMLButtonElement>(null)
  const hasActed = useRef(false)
  useEffect(() => {
    if (!hasActed.current) return
    hasActed.current = false
    box.current?.focus()
  }, [value])
  const acted = () => {
    hasActed.current = true
  }
  return { box, acted }
}

type ChoiceProps = {
  readonly name: string
  readonly value: string | undefined
  readonly choices: readonly { readonly label: string; readonly pick: () => void }[]
  readonly onClear: () => void
}

/** One of a few values. */
export function ChoiceChip({ name, value, choices, onClear }: ChoiceProps) {
  const { box, acted } = useFollow(value)
  const clear = () => {
    acted()
    onClear()
  }
  if (value) return <SetChip name={name} value={value} onClear={clear} box={box} />
  return (
    <Menu width={260} position="bottom-start">
      <Menu.Target>
        <button type="button" className={classes.chip} ref={box}>
          {name}
        </button>
      </Menu.Target>
      <Menu.Dropdown className={classes.choices}>
        {choices.map(({ label, pick }) => (
          <Menu.Item
            key={label}
            onClick={() => {
              acted()
              pick()
            }}
          >
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
  const { box, acted } = useFollow(value)
  const change = (to: string | undefined) => {
    acted()
    onChange(to)
  }
  if (value) return <SetChip name={name} value={value} onClear={() => change(undefined)} box={box} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setOpen(false)
    setTyped('')
    if (typed.trim() !== '') change(typed.trim())
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
        <button
          type="button"
          className={classes.chip}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          ref={box}
        >
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

type SetProps = {
  readonly name: string
  readonly value: string
  readonly onClear: () => void
  readonly box?: RefObject<HTMLButtonElement | null>
}

export function SetChip({ name, value, onClear, box }: SetProps) {
  const words = useWords('messages')
  return (
    <span className={classes.chipSet}>
      <span className="tx2">{name}</span> <span className={classes.chipValue}>{value}</span>
      <button
        type="button"
        className={classes.clear}
        aria-label={words('filter.clear', { name: name.toLowerCase() })}
        onClick={onClear}
        ref={box}
      >
        <IconX size={14} aria-hidden />
      </button>
    </span>
  )
}
