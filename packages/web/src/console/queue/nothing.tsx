// The queue without rows: what would be here, or that nothing matches, as an answer.
import { Button } from '@mantine/core'
import { IconHandStop, IconMailOff, IconStack2 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { isNarrowed, noMatchSentence, type QueueSearch } from './queue-search.ts'

type Props = {
  readonly search: QueueSearch
  readonly onClear: () => void
  /** Some edges did not answer: what they keep may match. */
  readonly partly: boolean
}

export function Nothing({ search, onClear, partly }: Props) {
  const slug = useSlug()
  const messages = (
    <Link to="/t/$slug/messages" params={{ slug }}>
      Messages
    </Link>
  )
  if (isNarrowed(search)) {
    return (
      <EmptyState
        icon={IconMailOff}
        title={partly ? `${noMatchSentence(search)}, as far as we could look` : noMatchSentence(search)}
        action={
          <Button variant="default" onClick={onClear}>
            Clear filters
          </Button>
        }
      >
        <p>It may be delivered, returned or refused: look under {messages}, which keeps every attempt.</p>
      </EmptyState>
    )
  }
  if (partly) {
    return (
      <EmptyState icon={IconStack2} title="Nothing waits on the edges that answered">
        <p>What the others keep shows as soon as they answer.</p>
      </EmptyState>
    )
  }
  if (search.state === 'held') {
    return (
      <EmptyState icon={IconHandStop} title="No mail is held">
        <p>
          Messages that a policy or a person holds wait here until someone releases, returns or discards them.
          Everything that came in is under {messages}.
        </p>
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={IconStack2} title="Nothing waits">
      <p>
        When a mail host is away or puts a message off, the message waits here with the reply and the time of
        the next attempt. Then you can try at once, hold it or send it another way. Delivered mail is under{' '}
        {messages}.
      </p>
    </EmptyState>
  )
}
