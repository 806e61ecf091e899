// While a page's code comes: the frame stays, rows stand for the content.
import { SkeletonRows } from '#shared/skeleton.tsx'
import classes from './page.module.css'

export function PendingPage() {
  return (
    <main id="main" className={classes.main}>
      <SkeletonRows label="Loading the page" />
    </main>
  )
}
