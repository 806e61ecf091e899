// A choice among a few named values, with a sentence for each.
import { NativeSelect } from '@mantine/core'

type ChoiceProps<Value extends string> = {
  readonly label: string
  readonly words: { readonly [Name in Value]: string }
  readonly value: Value
  readonly onChange: (value: Value) => void
}

/** Values in the order of `words`. */
export function Choice<Value extends string>({ label, words, value, onChange }: ChoiceProps<Value>) {
  return (
    <NativeSelect
      label={label}
      data={Object.entries<string>(words).map(([name, word]) => ({ value: name, label: word }))}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as Value)}
    />
  )
}
