// Floats while rows are selected: how many, all that match, and what can be done about them.
import type { QueueAction } from '@gatepost/contract/queue.ts'
import { ActionIcon, Button } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useWords } from '#i18n/i18n.ts'
import classes from './queue.module.css'
import { type Selection, selectionWords } from './selection.ts'

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
  const words = useWords('queue')
  return (
    <section className={classes.bar} aria-label={words('bar.label')}>
      <span role="status" className="strong">
        {running ?? selectionWords(selection, words)}
      </span>
      {selection.kind === 'some' && (
        <button type="button" className={classes.all} onClick={onAll} disabled={running !== null}>
          {words('bar.all')}
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
          {words(`act.${action}`)}
        </Button>
      ))}
      {!may && (
        <span id="queue-no-right" className="small tx2">
          {words('bar.noRight')}
        </span>
      )}
      <ActionIcon
        variant="subtle"
        aria-label={words('bar.clear')}
        onClick={onClear}
        disabled={running !== null}
      >
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </section>
  )
}
