// The own account of somebody who administers: within the console's frame.

import { Page } from '#app/page.tsx'
import { useMe } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Security } from './security.tsx'

export function AccountPage() {
  const me = useMe()
  const words = useWords('account')
  return (
    <Page title={words('title')} lead={me?.email}>
      <Security />
    </Page>
  )
}
