// The own account of somebody who administers: within the console's frame.
import { Page } from '#app/page.tsx'
import { useMe } from '#app/session.ts'
import { Security } from './security.tsx'

export function AccountPage() {
  const me = useMe()
  return (
    <Page title="Security of your account" lead={me?.email}>
      <Security />
    </Page>
  )
}
