// A choice of one among few, each with a line that says what it means; radio buttons drawn as rows.
import { type ReactNode, useId } from 'react'
import classes from './choice-cards.module.css'

export type Choice<Value extends string> = {
  readonly value: Value
  readonly label: string
  readonly means?: string
  readonly mark?: ReactNode
}

type Props<Value extends string> = {
  readonly label: string
  readonly choices: readonly Choice<Value>[]
  readonly value: Value | null
  readonly onChange: (value: Value) => void
  readonly columns?: 1 | 2 | 3
  readonly labelHidden?: boolean
  readonly disabled?: boolean
}

export function ChoiceCards<Value extends string>(props: Props<Value>) {
  const { label, choices, value, onChange, columns = 2, labelHidden, disabled } = props
  const name = useId()
  return (
    <fieldset className={classes.set} disabled={disabled}>
      <legend className={labelHidden ? 'hidden-visually' : classes.legend}>{label}</legend>
      <div className={classes.choices} data-columns={columns}>
        {choices.map((choice) => {
          const id = `${name}-${choice.value}`
          return (
            <label
              key={choice.value}
              className={classes.choice}
              data-checked={choice.value === value || undefined}
            >
              <input
                type="radio"
                className={classes.radio}
                name={name}
                value={choice.value}
                checked={choice.value === value}
                onChange={() => onChange(choice.value)}
                aria-labelledby={id}
                aria-describedby={choice.means ? `${id}-means` : undefined}
              />
              <span className={classes.words}>
                <span id={id} className={classes.name}>
                  {choice.label}
                </span>
                {choice.means && (
                  <span id={`${id}-means`} className={classes.means}>
                    {choice.means}
                  </span>
                )}
              </span>
              {choice.mark && <span className={classes.mark}>{choice.mark}</span>}
            </label>
          )
        })}
      </div>
    </fieldset>
  )
}
