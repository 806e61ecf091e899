// A field that searches while one types: what stands still for a moment is asked for, not every letter.
import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, type Ref, useEffect, useRef, useState } from 'react'

/** Long enough for the next letter, short enough to feel at once. */
const TYPING_MS = 300
/** As long as an address may be. */
const LENGTH_MAX = 320

type Props = {
  /** Name for screen readers, such as “Search users”. */
  readonly label: string
  readonly placeholder: string
  /** What is searched for now; it may change from elsewhere, such as by “Clear search”. */
  readonly value: string
  /** Called with the trimmed text once typing rests. */
  readonly onChange: (value: string) => void
  readonly className?: string | undefined
  readonly fieldRef?: Ref<HTMLInputElement> | undefined
  /** Stands at the end of the field, such as the key that leads to it. */
  readonly hint?: ReactNode
}

export function SearchField({ label, placeholder, value, onChange, className, fieldRef, hint }: Props) {
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const search = () => {
    clearTimeout(timer.current)
    if (typed.trim() !== value) onChange(typed.trim())
  }
  useEffect(() => {
    if (typed.trim() === value) return
    timer.current = setTimeout(search, TYPING_MS)
    return () => clearTimeout(timer.current)
  }, [typed])
  return (
    <TextInput
      {...(className === undefined ? {} : { className })}
      {...(fieldRef === undefined ? {} : { ref: fieldRef })}
      {...(hint === undefined ? {} : { rightSection: hint, rightSectionPointerEvents: 'none' as const })}
      aria-label={label}
      data-filter
      placeholder={placeholder}
      leftSection={<IconSearch size={16} aria-hidden />}
      maxLength={LENGTH_MAX}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      // Whoever leaves the field for a link is not called back by a search that comes later.
      onBlur={search}
    />
  )
}
