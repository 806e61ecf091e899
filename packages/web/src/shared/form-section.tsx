// A part of a form: title and one line on the left (148), fields on the right, a hairline between parts.
import { type ReactNode, useId } from 'react'
import classes from './form-section.module.css'

type Props = { readonly title: string; readonly line?: string; readonly children: ReactNode }

export function FormSection({ title, line, children }: Props) {
  const id = useId()
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div>
        <h2 id={id} className={classes.title}>
          {title}
        </h2>
        {line && <p className={classes.line}>{line}</p>}
      </div>
      <div className={classes.fields}>{children}</div>
    </section>
  )
}
