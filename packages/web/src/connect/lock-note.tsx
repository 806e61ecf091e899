// A locked step explains itself: what it needs, with a link there that leads back here.
import type { ConnectStep } from '@gatepost/contract/connect.ts'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { Note } from '#shared/note.tsx'
import { titleOf } from './step-words.ts'

export function LockNote({
  step,
  steps,
}: {
  readonly step: ConnectStep
  readonly steps: readonly ConnectStep[]
}) {
  const slug = useSlug()
  const needed = step.needs.filter((any) => any.some((name) => step.lockedBy.includes(name)))
  return (
    <Note tone="info" title="Locked until another step is done">
      <ul className="plain">
        {needed.map((any) => (
          <li key={any.join()}>
            Needs:{' '}
            {any.map((name, index) => (
              <span key={name}>
                {index > 0 && ' or '}
                <Link to="/t/$slug/connect/$step" params={{ slug, step: name }} search={{ back: step.name }}>
                  {titleOf(steps, name)}
                </Link>
              </span>
            ))}
          </li>
        ))}
      </ul>
    </Note>
  )
}
