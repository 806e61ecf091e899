// What an end user has of their own: the account and what secures it.
import { useEffect } from 'react'
import { Security } from '#account/security.tsx'
import { useMe } from '#app/session.ts'
import classes from './portal.module.css'

export function PortalPage() {
  const me = useMe()
  useEffect(() => {
    document.title = 'Your account · Gatepost'
  }, [])
  return (
    <main id="main" className={classes.main}>
      <h1>{me?.name ?? 'Your account'}</h1>
      <p className={classes.lead}>{me?.email}</p>
      <Security />
    </main>
  )
}
