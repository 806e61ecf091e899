// How an import ends, for every kind of list: what it did, undo while that is possible, and the next file.

import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '#i18n/i18n.ts'
import { Note, ProblemNote } from './note.tsx'
import { useNow } from './now.ts'
import stack from './stack.module.css'
import { Countdown } from './time.tsx'

export type EndedImport = {
  readonly state: 'previewed' | 'importing' | 'committed' | 'undone' | 'expired'
  readonly fileName: string
  readonly undoUntil: number | null
}

type Props = {
  readonly shown: EndedImport
  readonly busy: boolean
  readonly error: unknown
  /** `3 users added, 1 changed`. */
  readonly sentence: string
  /** Below the sentence of an import that stands. */
  readonly note?: ReactNode
  /** Below the sentence of one that was taken back. */
  readonly undoneNote?: ReactNode
  /** Between the sentence and the buttons. */
  readonly children?: ReactNode
  /** Beside the undo. */
  readonly actions?: ReactNode
  readonly onUndo: () => void
  readonly onAgain?: (() => void) | undefined
}

export function ImportEnd(props: Props) {
  const words = useWords('shell')
  const { shown, busy, error, children, actions, onUndo, onAgain } = props
  const now = useNow()
  const undoable = shown.state === 'committed' && shown.undoUntil !== null && shown.undoUntil > now
  return (
    <div className={stack.stack}>
      <Outcome {...props} />
      {children}
      {error ? <ProblemNote error={error} /> : null}
      <div className={stack.row}>
        {undoable && (
          <Button variant="default" loading={busy} onClick={onUndo}>
            {words('importEnd.undo', 'Undo import')}
          </Button>
        )}
        {actions}
        {onAgain && (
          <Button variant="default" onClick={onAgain}>
            {words('importEnd.again', 'Import another file')}
          </Button>
        )}
        {undoable && shown.undoUntil !== null && (
          <span className="small">
            <Countdown to={shown.undoUntil} before={words('importEnd.undoFor', 'Undo possible for')} />
          </span>
        )}
      </div>
    </div>
  )
}

function Outcome({ shown, sentence, note, undoneNote }: Props) {
  const words = useWords('shell')
  switch (shown.state) {
    case 'committed':
      return (
        <Note tone="ok" role="status" title={sentence}>
          {note}
        </Note>
      )
    case 'undone':
      return (
        <Note
          tone="info"
          role="status"
          title={words('importEnd.undone', {
            defaultValue: `The import of ${shown.fileName} is taken back`,
            file: shown.fileName,
          })}
        >
          {undoneNote}
        </Note>
      )
    case 'expired':
      return (
        <Note tone="warn" role="status" title={words('importEnd.old', 'This preview is too old to import')}>
          <p>{words('importEnd.oldMeans', 'Nothing was imported. Choose the file again.')}</p>
        </Note>
      )
    case 'importing':
    case 'previewed':
      return null
  }
}
