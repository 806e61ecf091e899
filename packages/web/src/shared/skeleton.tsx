// Rows that stand for data on the first load: as high as the real ones, so that nothing jumps.
import { useWords } from '#i18n/i18n.ts'
import classes from './skeleton.module.css'

export function SkeletonRows({ rows = 6, label }: { readonly rows?: number; readonly label?: string }) {
  const words = useWords('shell')
  return (
    <div role="status" className={classes.rows}>
      <span className="hidden-visually">{label ?? words('loading', 'Loading')}</span>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={classes.row} aria-hidden>
          <span className={classes.bar} data-width={index % 3} />
        </div>
      ))}
    </div>
  )
}
