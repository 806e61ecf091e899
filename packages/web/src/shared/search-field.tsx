// A field that searches while one types: what stands still for a moment is asked for, not every letter.
import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { ReactNode, Ref } from 'react'
import { useTyped } from './use-typed.ts'

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
  const { typed, setTyped, askSoon } = useTyped(value, onChange)
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
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        askSoon()
      }}
      onBlur={askSoon}
    />
  )
}

type FilterProps = {
  readonly label: string
  readonly placeholder: string
  readonly value: string
  /** Called with the trimmed text on Enter, or when the field is left with another text. */
  readonly onChange: (value: string) => void
}

/** A field for a whole address or domain, which means nothing before its last letter. */
export function FilterField({ label, placeholder, value, onChange }: FilterProps) {
  const { typed, setTyped, ask, askSoon } = useTyped(value, onChange)
  return (
    <TextInput
      aria-label={label}
      placeholder={placeholder}
      maxLength={LENGTH_MAX}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={askSoon}
      onKeyDown={(event) => {
        if (event.key === 'Enter') ask()
      }}
    />
  )
}
