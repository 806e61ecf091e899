// Values of instructions: shown whole, copied by one press.
import { CopyButton } from '#shared/copy-button.tsx'
import classes from './kinds.module.css'

export function Value({ value, copy, note }: { value: string; copy: string; note?: string }) {
  return (
    <span className={classes.value}>
      <span className={classes.code}>{value}</span>
      <CopyButton value={value} label={copy} />
      {note && <span className="small tx3">{note}</span>}
    </span>
  )
}

/** A command to type, with its button to copy. */
export function Command({ value, copy }: { readonly value: string; readonly copy: string }) {
  return (
    <div className={classes.command}>
      <code>{value}</code>
      <CopyButton value={value} label={copy} />
    </div>
  )
}
