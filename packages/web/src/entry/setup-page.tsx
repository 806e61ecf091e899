// First start: checks the set-up link, then asks three things on one page and leads into Connect.
import { checkSetupLink } from '@gatepost/contract/setup.ts'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation, useSearch } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { call } from '#api/call.ts'
import { isProblem } from '#api/problem-error.ts'
import { Mark } from '#app/shell/mark.tsx'
import { span } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { SkeletonRows } from '#shared/skeleton.tsx'
import classes from './entry.module.css'
import { SetupForm } from './setup-form.tsx'

const MINUTE = 60_000

export function SetupPage() {
  const search = useSearch({ from: '/setup' })
  // The printed link carries it behind the #, which browsers never send: no log of a proxy learns it.
  const hash = useLocation({ select: (location) => location.hash })
  const token = new URLSearchParams(hash).get('token') ?? search.token
  const link = useQuery({
    queryKey: ['checkSetupLink', token],
    queryFn: () => call(checkSetupLink, { body: { token: token ?? '' } }),
    enabled: token !== undefined,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  useEffect(() => {
    document.title = 'Set up · Gatepost'
  }, [])
  return (
    <div className={classes.ground}>
      <header className={classes.bar}>
        <span className={classes.brand}>
          <Mark />
          Gatepost
        </span>
        {link.data && <ValidFor expiresAt={link.data.expiresAt} />}
      </header>
      <main id="main" className={classes.setup}>
        <h1>Set up Gatepost</h1>
        <p className={classes.lead}>Three answers, about 3 minutes. Everything can be changed later.</p>
        {token === undefined ? (
          <Note tone="info" title="The set-up link is needed">
            <p>Its address ends in a token. The start of the gateway prints it in the terminal.</p>
          </Note>
        ) : (
          <LinkState error={link.error} ready={link.isSuccess}>
            <SetupForm token={token} />
          </LinkState>
        )}
      </main>
    </div>
  )
}

type StateProps = { readonly error: unknown; readonly ready: boolean; readonly children: ReactNode }

function LinkState({ error, ready, children }: StateProps) {
  if (ready) return children
  if (isProblem(error, 'setup-closed')) {
    return (
      <Note tone="ok" title="Set-up is done: an administrator exists">
        <p>
          <Link to="/sign-in">Sign in</Link>
        </p>
      </Note>
    )
  }
  if (isProblem(error, 'setup-link-wrong')) {
    return (
      <Note tone="warn" title="This set-up link is not valid any more">
        <p>
          Each start of the gateway prints a new one, good for 24 hours. Restart it and open the newest link.
        </p>
      </Note>
    )
  }
  return error ? <ProblemNote error={error} /> : <SkeletonRows label="Checking the set-up link" />
}

function ValidFor({ expiresAt }: { readonly expiresAt: number }) {
  const now = useNow()
  const left = Math.floor((expiresAt - now) / MINUTE) * MINUTE
  return <span>{left > 0 ? `Set-up link valid for ${span(left)}` : 'The set-up link ends now'}</span>
}
