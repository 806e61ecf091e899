// The dialog of a question; it loads when the first one is asked.

import { Button, Modal } from '@mantine/core'
import { useWords } from '#i18n/i18n.ts'
import classes from './confirm.module.css'
import type { Question } from './confirm.tsx'

type Props = {
  readonly question: Question
  readonly open: boolean
  readonly onAnswer: (agreed: boolean) => void
}

export function ConfirmDialog({ question, open, onAnswer }: Props) {
  const words = useWords('shell')
  const isKeepFirst = question.isKeepFirst ?? false
  return (
    <Modal
      opened={open}
      onClose={() => onAnswer(false)}
      title={<span className={classes.title}>{question.title}</span>}
      closeButtonProps={{ 'aria-label': words('close', 'Close') }}
      centered
      radius={8}
    >
      <div className={classes.body}>{question.body}</div>
      <div className={classes.actions}>
        <Button variant="default" onClick={() => onAnswer(false)} data-autofocus={isKeepFirst || undefined}>
          {question.keep ?? words('cancel', 'Cancel')}
        </Button>
        <Button onClick={() => onAnswer(true)} data-autofocus={!isKeepFirst || undefined}>
          {question.act}
        </Button>
      </div>
    </Modal>
  )
}
