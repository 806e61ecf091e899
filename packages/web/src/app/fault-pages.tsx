// Addresses that lead nowhere and pages that failed: what it means for mail, and the way on.

import { Button } from '@mantine/core'
import { IconError404, IconPlugConnectedX } from '@tabler/icons-react'
import { Link, useRouter } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { ProblemError } from '#api/problem-error.ts'
import { useWords } from '#i18n/i18n.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { Original } from '#shared/note.tsx'
import classes from './fault-pages.module.css'

export function NotFoundPage() {
  const words = useWords('shell')
  return (
    <Fault title={words('fault.noPage')} icon={IconError404}>
      <p>{words('fault.noPageMeans')}</p>
      <p className={classes.act}>
        <Link to="/">{words('fault.toStart')}</Link>
      </p>
    </Fault>
  )
}

export function FailedPage({ error, reset }: { readonly error: unknown; readonly reset?: () => void }) {
  const words = useWords('shell')
  const router = useRouter()
  if (error instanceof ProblemError && error.status === 404) return <NotFoundPage />
  const problem = error instanceof ProblemError ? error : null
  const again = () => {
    reset?.()
    void router.invalidate()
  }
  return (
    <Fault title={problem?.title ?? words('fault.failed')} icon={IconPlugConnectedX}>
      <p>{problem?.detail ?? words('fault.failedMeans')}</p>
      <div className={classes.act}>
        <Button onClick={again}>{words('fault.again')}</Button>
      </div>
      {!problem && error instanceof Error && (
        <Original label={words('fault.report')}>{String(error.stack)}</Original>
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
