// Questions before dangerous changes: the consequence as title, the verb on the button.
import { Button, Modal } from '@mantine/core'
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react'
import classes from './confirm.module.css'

export type Question = {
  /** The consequence, as a sentence. */
  readonly title: string
  readonly body: ReactNode
  /** Verb and object on the button that goes ahead. */
  readonly act: string
  readonly keep?: string
}

const ConfirmContext = createContext<(question: Question) => Promise<boolean>>(() => Promise.resolve(false))

/** Asks, and answers true when the reader goes ahead. */
export function useConfirm(): (question: Question) => Promise<boolean> {
  return useContext(ConfirmContext)
}

export function ConfirmProvider({ children }: { readonly children: ReactNode }) {
  const [question, setQuestion] = useState<Question | null>(null)
  const [open, setOpen] = useState(false)
  const answer = useRef<(agreed: boolean) => void>(() => {})
  const ask = useCallback((asked: Question) => {
    setQuestion(asked)
    setOpen(true)
    return new Promise<boolean>((resolve) => {
      answer.current = resolve
    })
  }, [])
  const close = (agreed: boolean) => {
    setOpen(false)
    answer.current(agreed)
  }
  return (
    <ConfirmContext value={ask}>
      {children}
      <Modal
        opened={open}
        onClose={() => close(false)}
        title={<span className={classes.title}>{question?.title}</span>}
        closeButtonProps={{ 'aria-label': 'Close' }}
        centered
        radius={8}
      >
        <div className={classes.body}>{question?.body}</div>
        <div className={classes.actions}>
          <Button variant="default" onClick={() => close(false)}>
            {question?.keep ?? 'Cancel'}
          </Button>
          <Button onClick={() => close(true)} data-autofocus>
            {question?.act}
          </Button>
        </div>
      </Modal>
    </ConfirmContext>
  )
}
