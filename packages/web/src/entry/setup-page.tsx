// First start: checks the set-up link, then asks three things on one page and leads into Connect.
import { checkSetupLink } from '@gatepost/contract/setup.ts'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation, useSearch } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { call } from '#api/call.ts'
import { isProblem } from '#api/problem-error.ts'
import { Mark } from '#app/shell/mark.tsx'
import { useWords } from '#i18n/i18n.ts'
import { span } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { SkeletonRows } from '#shared/skeleton.tsx'
import classes from './entry.module.css'
import { SetupForm } from './setup-form.tsx'

const MINUTE = 60_000

export function SetupPage() {
  const words = useWords('entry')
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
    document.title = `${words('setUp')} · Gatepost`
  }, [words])
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
        <h1>{words('setUp')}</h1>
        <p className={classes.lead}>{words('setUpLead')}</p>
        {token === undefined ? (
          <Note tone="info" title={words('linkNeeded')}>
            <p>{words('linkNeededMeans')}</p>
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
  const words = useWords('entry')
  if (ready) return children
  if (isProblem(error, 'setup-closed')) {
    return (
      <Note tone="ok" title={words('setUpDone')}>
        <p>
          <Link to="/sign-in">{words('signIn')}</Link>
        </p>
      </Note>
    )
  }
  if (isProblem(error, 'setup-link-wrong')) {
    return (
      <Note tone="warn" title={words('linkOver')}>
        <p>{words('linkOverMeans')}</p>
      </Note>
    )
  }
  return error ? <ProblemNote error={error} /> : <SkeletonRows label={words('checkingLink')} />
}

function ValidFor({ expiresAt }: { readonly expiresAt: number }) {
  const words = useWords('entry')
  const now = useNow()
  const left = Math.floor((expiresAt - now) / MINUTE) * MINUTE
  return <span>{left > 0 ? words('linkValid', { time: span(left) }) : words('linkEnds')}</span>
}
