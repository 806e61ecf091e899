// What an end user has of their own: the account and what secures it.
import { useEffect } from 'react'
import { Security } from '#account/security.tsx'
import { useMe } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { DigestForm } from './digest-form.tsx'
import classes from './portal.module.css'

export function PortalPage() {
  const me = useMe()
  const words = useWords('portal')
  useEffect(() => {
    document.title = `${words('yourAccount')} · Gatepost`
  }, [words])
  return (
    <main id="main" className={classes.main}>
      <h1>{me?.name ?? words('yourAccount')}</h1>
      <p className={classes.lead}>{me?.email}</p>
      <DigestForm />
      <Security />
    </main>
  )
}
