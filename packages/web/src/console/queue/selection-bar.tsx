// Floats while rows are selected: how many, all that match, and what can be done about them.
import type { QueueAction } from '@gatepost/contract/queue.ts'
import { ActionIcon, Button } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import classes from './queue.module.css'
import { type Selection, selectionWords } from './selection.ts'

export const actionWords: { readonly [Action in QueueAction]: string } = {
  retry: 'Retry',
  hold: 'Hold',
  release: 'Release',
  reroute: 'Reroute',
  bounce: 'Bounce',
  discard: 'Discard',
}

export const NO_RIGHT = 'Your role lets you look at the queue, not change it.'

type Props = {
  readonly selection: Selection
  readonly actions: readonly QueueAction[]
  readonly may: boolean
  /** What is under way, such as `1,500 messages so far`. */
  readonly running: string | null
  readonly onAll: () => void
  readonly onAct: (action: QueueAction) => void
  readonly onClear: () => void
}

export function SelectionBar({ selection, actions, may, running, onAll, onAct, onClear }: Props) {
  return (
    <section className={classes.bar} aria-label="Selected messages">
      <span role="status" className="strong">
        {running ?? selectionWords(selection)}
      </span>
      {selection.kind === 'some' && (
        <button type="button" className={classes.all} onClick={onAll} disabled={running !== null}>
          Select all that match
        </button>
      )}
      <span className={classes.rule} aria-hidden />
      {actions.map((action, index) => (
        <Button
          key={action}
          variant={index === 0 ? 'filled' : 'default'}
          disabled={!may || running !== null}
          aria-describedby={may ? undefined : 'queue-no-right'}
          onClick={() => onAct(action)}
        >
          {actionWords[action]}
        </Button>
      ))}
      {!may && (
        <span id="queue-no-right" className="small tx2">
          {NO_RIGHT}
        </span>
      )}
      <ActionIcon variant="subtle" aria-label="Clear selection" onClick={onClear} disabled={running !== null}>
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </section>
  )
}
