// Questions before dangerous changes: the consequence as title, the verb on the button.
import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useContext,
  useRef,
  useState,
} from 'react'
import { giveFocusBack } from './focus-back.ts'

const ConfirmDialog = lazy(() =>
  import('./confirm-dialog.tsx').then(({ ConfirmDialog }) => ({ default: ConfirmDialog })),
)

export type Question = {
  /** The consequence, as a sentence. */
  readonly title: string
  readonly body: ReactNode
  /** Verb and object on the button that goes ahead. */
  readonly act: string
  readonly keep?: string
  /** Enter alone keeps what is there, such as what was typed and not saved. */
  readonly isKeepFirst?: boolean
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
  const from = useRef<Element | null>(null)
  const ask = useCallback((asked: Question) => {
    from.current = document.activeElement
    setQuestion(asked)
    setOpen(true)
    return new Promise<boolean>((resolve) => {
      answer.current = resolve
    })
  }, [])
  const close = (agreed: boolean) => {
    setOpen(false)
    answer.current(agreed)
    giveFocusBack(from.current)
  }
  return (
    <ConfirmContext value={ask}>
      {children}
      {question && (
        <Suspense>
          <ConfirmDialog question={question} open={open} onAnswer={close} />
        </Suspense>
      )}
    </ConfirmContext>
  )
}
