// An address that leads nowhere inside the console: the shell and the top bar stay, so that the way on is
// near.
import { Link } from '@tanstack/react-router'
import { Page } from './page.tsx'

export function NotFoundInside() {
  return (
    <Page
      title="No such page"
      lead="The address may be mistyped, or the thing it named was removed. Mail is not affected."
    >
      <p>
        <Link to="/">Go to the start page</Link>
      </p>
    </Page>
  )
}
