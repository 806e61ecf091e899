// The queue without rows: what would be here, or that nothing matches, as an answer.
import { Button } from '@mantine/core'
import { IconHandStop, IconMailOff, IconStack2 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
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
  const words = useWords('queue')
  const messages = (
    <Link to="/t/$slug/messages" params={{ slug }}>
      {words('messagesPage')}
    </Link>
  )
  const noMatch = noMatchSentence(search, words)
  if (isNarrowed(search)) {
    return (
      <EmptyState
        icon={IconMailOff}
        title={partly ? words('none.partly', { sentence: noMatch }) : noMatch}
        action={
          <Button variant="default" onClick={onClear}>
            {words('filter.clearAll')}
          </Button>
        }
      >
        <p>
          {words('none.elsewhere')} {messages}
          {words('none.elsewhereEnd')}
        </p>
      </EmptyState>
    )
  }
  if (partly) {
    return (
      <EmptyState icon={IconStack2} title={words('none.edges')}>
        <p>{words('none.edgesText')}</p>
      </EmptyState>
    )
  }
  if (search.state === 'held') {
    return (
      <EmptyState icon={IconHandStop} title={words('none.held')}>
        <p>
          {words('none.heldText')} {messages}.
        </p>
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={IconStack2} title={words('none.waits')}>
      <p>
        {words('none.waitsText')} {messages}.
      </p>
    </EmptyState>
  )
}
