// A locked step explains itself: what it needs, with a link there that leads back here.
import type { ConnectStep } from '@gatepost/contract/connect.ts'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Note } from '#shared/note.tsx'
import { useStepTitle } from './step-words.ts'

export function LockNote({
  step,
  steps,
}: {
  readonly step: ConnectStep
  readonly steps: readonly ConnectStep[]
}) {
  const slug = useSlug()
  const words = useWords('connect')
  const titleOf = useStepTitle(steps)
  const needed = step.needs.filter((any) => any.some((name) => step.lockedBy.includes(name)))
  return (
    <Note tone="info" title={words('lockedUntil')}>
      <ul className="plain">
        {needed.map((any) => (
          <li key={any.join()}>
            {words('needs')}{' '}
            {any.map((name, index) => (
              <span key={name}>
                {index > 0 && ` ${words('or')} `}
                <Link to="/t/$slug/connect/$step" params={{ slug, step: name }} search={{ back: step.name }}>
                  {titleOf(name)}
                </Link>
              </span>
            ))}
          </li>
        ))}
      </ul>
    </Note>
  )
}
