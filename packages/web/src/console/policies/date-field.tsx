// A moment chosen by day and minute in the viewer's zone; empty means without an end.
import { TextInput } from '@mantine/core'
import { useWords } from '#i18n/i18n.ts'

type Props = {
  readonly label: string
  /** Unix milliseconds. */
  readonly value: number | null
  readonly error: string | null
  readonly onChange: (value: number | null) => void
}

export function DateField({ label, value, error, onChange }: Props) {
  const words = useWords('policies')
  return (
    <TextInput
      type="datetime-local"
      label={label}
      description={words('form.always')}
      value={value === null ? '' : localText(value)}
      error={error}
      onChange={(event) => {
        const time = new Date(event.currentTarget.value).getTime()
        onChange(Number.isNaN(time) ? null : time)
      }}
    />
  )
}

/** `2026-11-22T14:05` in the viewer's zone, as the input wants it. */
function localText(time: number): string {
  const offset = new Date(time).getTimezoneOffset() * 60_000
  return new Date(time - offset).toISOString().slice(0, 16)
}
