// An address that leads nowhere inside the console: the shell and the top bar stay, so that the way on is
// near.

import { Link } from '@tanstack/react-router'
import { useWords } from '#i18n/i18n.ts'
import { Page } from './page.tsx'

export function NotFoundInside() {
  const words = useWords('shell')
  return (
    <Page title={words('fault.noPage')} lead={words('fault.noPageMeans')}>
      <p>
        <Link to="/">{words('fault.toStart')}</Link>
      </p>
    </Page>
  )
}
