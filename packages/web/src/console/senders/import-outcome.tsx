// What an import of senders did, by user, with undo for an hour.
import type { SenderImport } from '@gatepost/contract/sender.ts'
import { Button } from '@mantine/core'
import { count, plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import stack from '#shared/stack.module.css'
import { Countdown } from '#shared/time.tsx'
import classes from './senders.module.css'

type Props = {
  readonly shown: SenderImport
  readonly busy: boolean
  readonly error: unknown
  readonly onUndo: () => void
  readonly onAgain?: () => void
}

export function ImportOutcome({ shown, busy, error, onUndo, onAgain }: Props) {
  const now = useNow()
  const undoable = shown.state === 'committed' && shown.undoUntil !== null && shown.undoUntil > now
  return (
    <div className={stack.stack}>
      <Outcome shown={shown} />
      {shown.state === 'committed' && shown.byUser.length > 0 && <ByUser shown={shown} />}
      {error ? <ProblemNote error={error} /> : null}
      <div className={stack.row}>
        {undoable && (
          <Button variant="default" loading={busy} onClick={onUndo}>
            Undo import
          </Button>
        )}
        {onAgain && (
          <Button variant="default" onClick={onAgain}>
            Import another file
          </Button>
        )}
        {undoable && shown.undoUntil !== null && (
          <span className="small">
            <Countdown to={shown.undoUntil} before="Undo possible for" />
          </span>
        )}
      </div>
    </div>
  )
}

function Outcome({ shown }: { readonly shown: SenderImport }) {
  switch (shown.state) {
    case 'committed':
      return (
        <Note tone="ok" role="status" title={sentenceOf(shown)}>
          <p>From {shown.fileName}. Edges know them within a second or two.</p>
        </Note>
      )
    case 'undone':
      return (
        <Note tone="info" role="status" title={`The import of ${shown.fileName} is taken back`}>
          <p>What it had replaced is back. Entries that somebody changed since were left alone.</p>
        </Note>
      )
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

function ByUser({ shown }: { readonly shown: SenderImport }) {
  const more = shown.users - shown.byUser.length
  return (
    <details>
      <summary>By user</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by keyboard. */}
      <ul className={classes.users} aria-label="What the import did, by user" tabIndex={0}>
        {shown.byUser.map(({ user, added, replaced, unchanged }) => (
          <li key={user}>
            <span className="strong">{user}</span>: {count(added)} added, {count(replaced)} replaced,{' '}
            {count(unchanged)} already there
          </li>
        ))}
      </ul>
      {more > 0 && <p className="small">and {plural(more, 'user')} more</p>}
    </details>
  )
}

/** `1,180 entries added for 40 users, 3 replaced, 14 already there`. */
export function sentenceOf({ added, replaced, unchanged, users }: SenderImport): string {
  const parts = [`${plural(added, 'entry', 'entries')} added for ${plural(users, 'user')}`]
  if (replaced > 0) parts.push(`${count(replaced)} replaced`)
  if (unchanged > 0) parts.push(`${count(unchanged)} already there`)
  return parts.join(', ')
}
