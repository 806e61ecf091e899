// What an import did: "1,180 added, 14 unchanged, 6 need attention", with undo for an hour.
import type { UserImport } from '@gatepost/contract/user.ts'
import { Button } from '@mantine/core'
import { count, plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { DownloadRows } from '#shared/row-errors.tsx'
import stack from '#shared/stack.module.css'
import { Countdown } from '#shared/time.tsx'

type Props = {
  readonly shown: UserImport
  readonly busy: boolean
  readonly error: unknown
  readonly onUndo: () => void
  readonly onAgain: () => void
}

export function ImportResult({ shown, busy, error, onUndo, onAgain }: Props) {
  const now = useNow()
  const undoable = shown.state === 'committed' && shown.undoUntil !== null && shown.undoUntil > now
  return (
    <div className={stack.stack}>
      <Outcome shown={shown} />
      {error ? <ProblemNote error={error} /> : null}
      <div className={stack.row}>
        {undoable && (
          <Button variant="default" loading={busy} onClick={onUndo}>
            Undo import
          </Button>
        )}
        {shown.errorCount > 0 && shown.state === 'committed' && <DownloadRows shown={shown} />}
        <Button variant="default" onClick={onAgain}>
          Import another file
        </Button>
        {undoable && shown.undoUntil !== null && (
          <span className="small">
            <Countdown to={shown.undoUntil} before="Undo possible for" />
          </span>
        )}
      </div>
    </div>
  )
}

function Outcome({ shown }: { readonly shown: UserImport }) {
  switch (shown.state) {
    case 'committed':
      return <Note tone="ok" role="status" title={sentenceOf(shown)} />
    case 'undone':
      return <Note tone="info" role="status" title={`The import of ${shown.fileName} is taken back`} />
    case 'expired':
      return (
        <Note tone="warn" role="status" title="This preview is too old to import">
          <p>Nothing was imported. Choose the file again.</p>
        </Note>
      )
    case 'previewed':
      return null
  }
}

/** `3 added, 1 changed, 14 unchanged, 6 need attention`. */
export function sentenceOf({ adds, changes, unchanged, errorCount }: UserImport): string {
  const parts = [`${plural(adds, 'user')} added`]
  if (changes > 0) parts.push(`${count(changes)} changed`)
  if (unchanged > 0) parts.push(`${count(unchanged)} unchanged`)
  if (errorCount > 0) parts.push(`${count(errorCount)} ${errorCount === 1 ? 'needs' : 'need'} attention`)
  return parts.join(', ')
}
