// Rows that stand for data on the first load: as high as the real ones, so that nothing jumps.
import classes from './skeleton.module.css'

export function SkeletonRows({
  rows = 6,
  label = 'Loading',
}: {
  readonly rows?: number
  readonly label?: string
}) {
  return (
    <div role="status" className={classes.rows}>
      <span className="hidden-visually">{label}</span>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={classes.row} aria-hidden>
          <span className={classes.bar} data-width={index % 3} />
        </div>
      ))}
    </div>
  )
}
