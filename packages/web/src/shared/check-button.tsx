// "Check now" with the server's cool-down: it says when it is free again instead of failing.
import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { ProblemError } from '#api/problem-error.ts'
import { useWords } from '#i18n/i18n.ts'
import classes from './check-button.module.css'
import { currentTime, useNow } from './now.ts'

type Props = {
  /** What is checked, for screen readers: the domain or the step. */
  readonly of: string
  readonly onCheck: () => void
  readonly busy: boolean
  readonly error: unknown
  readonly label?: string
}

export function CheckButton({ of, onCheck, busy, error, label }: Props) {
  const words = useWords('shell')
  const now = useNow()
  const [freeAt, setFreeAt] = useState(0)
  useEffect(() => {
    if (!(error instanceof ProblemError) || error.problem !== 'check-too-soon') return
    setFreeAt(currentTime() + (error.retryAfter ?? 5) * 1_000)
  }, [error])
  const wait = Math.ceil((freeAt - now) / 1_000)
  const failed = error instanceof ProblemError && error.problem !== 'check-too-soon' ? error.title : null
  return (
    <span className={classes.check}>
      <Button
        variant="default"
        onClick={() => (wait > 0 ? undefined : onCheck())}
        loading={busy}
        aria-disabled={wait > 0 || undefined}
        leftSection={<IconRefresh size={15} aria-hidden />}
      >
        {label ?? words('checks.checkNow', 'Check now')}
        <span className="hidden-visually"> {of}</span>
      </Button>
      {wait > 0 && (
        <span className="small tx3">
          {words('checks.freeIn', {
            defaultValue: `Checked a moment ago, free in ${wait} s`,
            seconds: wait,
          })}
        </span>
      )}
      {failed && (
        <span className={classes.failed} role="alert">
          {failed}
        </span>
      )}
    </span>
  )
}
