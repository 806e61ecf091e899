// While a page's code comes: the frame stays, rows stand for the content.
import { useWords } from '#i18n/i18n.ts'
import { SkeletonRows } from '#shared/skeleton.tsx'
import classes from './page.module.css'

export function PendingPage() {
  const words = useWords('shell')
  return (
    <main id="main" className={classes.main}>
      <SkeletonRows label={words('loadingPage', 'Loading the page')} />
    </main>
  )
}
