// Addresses that lead nowhere and pages that failed: what it means for mail, and the way on.
import { Button } from '@mantine/core'
import { IconError404, IconPlugConnectedX } from '@tabler/icons-react'
import { Link, useRouter } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { ProblemError } from '#api/problem-error.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { Original } from '#shared/note.tsx'
import classes from './fault-pages.module.css'

export function NotFoundPage() {
  return (
    <Fault title="No such page" icon={IconError404}>
      <p>The address may be mistyped, or the thing it named was removed. Mail is not affected.</p>
      <p className={classes.act}>
        <Link to="/">Go to the start page</Link>
      </p>
    </Fault>
  )
}

export function FailedPage({ error, reset }: { readonly error: unknown; readonly reset?: () => void }) {
  const router = useRouter()
  if (error instanceof ProblemError && error.status === 404) return <NotFoundPage />
  const problem = error instanceof ProblemError ? error : null
  const again = () => {
    reset?.()
    void router.invalidate()
  }
  return (
    <Fault title={problem?.title ?? 'This page failed, mail did not'} icon={IconPlugConnectedX}>
      <p>{problem?.detail ?? 'The gateway works on. Try again, or reload the page.'}</p>
      <div className={classes.act}>
        <Button onClick={again}>Try again</Button>
      </div>
      {!problem && error instanceof Error && (
        <Original label="For the report">{String(error.stack)}</Original>
      )}
    </Fault>
  )
}

type FaultProps = { readonly title: string; readonly icon: typeof IconError404; readonly children: ReactNode }

function Fault({ title, icon, children }: FaultProps) {
  useEffect(() => {
    document.title = `${title} · Gatepost`
  }, [title])
  return (
    <main id="main" className={classes.fault}>
      <h1 className="hidden-visually">{title}</h1>
      <EmptyState title={title} icon={icon}>
        {children}
      </EmptyState>
    </main>
  )
}
