// What an import of senders did, by user, with undo for an hour.
import type { SenderImport } from '@gatepost/contract/sender.ts'
import { count, plural } from '#shared/format.ts'
import { ImportEnd } from '#shared/import-end.tsx'
import classes from './senders.module.css'

type Props = {
  readonly shown: SenderImport
  readonly busy: boolean
  readonly error: unknown
  readonly onUndo: () => void
  readonly onAgain?: () => void
}

export function ImportOutcome({ shown, ...rest }: Props) {
  return (
    <ImportEnd
      {...rest}
      shown={shown}
      sentence={sentenceOf(shown)}
      note={<p>From {shown.fileName}. Edges know them within a second or two.</p>}
      undoneNote={<p>What it had replaced is back. Entries that somebody changed since were left alone.</p>}
    >
      {shown.state === 'committed' && shown.byUser.length > 0 && <ByUser shown={shown} />}
    </ImportEnd>
  )
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
