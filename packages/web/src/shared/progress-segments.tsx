// "3 of 7 required done" as seven segments; the words stand beside it for everyone.
import { useWords } from '#i18n/i18n.ts'
import classes from './progress-segments.module.css'

export function ProgressSegments({ done, total }: { readonly done: number; readonly total: number }) {
  const words = useWords('shell')
  return (
    <div
      className={classes.segments}
      role="progressbar"
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
      aria-label={words('stepsDone', {
        defaultValue: `${done} of ${total} required steps done`,
        done,
        total,
      })}
    >
      {Array.from({ length: total }, (_, index) => (
        <span key={index} className={classes.segment} data-done={index < done || undefined} />
      ))}
    </div>
  )
}
