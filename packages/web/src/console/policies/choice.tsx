// A choice among a few named values, with a sentence for each.
import { NativeSelect } from '@mantine/core'
import { useWords } from '#i18n/i18n.ts'

type ChoiceProps<Value extends string> = {
  readonly label: string
  /** Where the catalogue has a word for each value, such as `option.block`. */
  readonly of: string
  /** In the order in which they are offered. */
  readonly values: readonly Value[]
  readonly value: Value
  readonly onChange: (value: Value) => void
}

export function Choice<Value extends string>({ label, of, values, value, onChange }: ChoiceProps<Value>) {
  const words = useWords('policies')
  return (
    <NativeSelect
      label={label}
      data={values.map((name) => ({ value: name, label: words(`${of}.${String(name)}`) }))}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as Value)}
    />
  )
}
