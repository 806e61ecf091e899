// What an import of senders would do: counts, guessed columns, first rows, and rows that need attention.
import type { SenderImport } from '@gatepost/contract/sender.ts'
import { Button } from '@mantine/core'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { count, plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { RowErrors } from '#shared/row-errors.tsx'
import stack from '#shared/stack.module.css'
import classes from './senders.module.css'
import { actionWords } from './senders-search.ts'

type Props = {
  readonly shown: SenderImport
  readonly busy: boolean
  readonly error: unknown
  readonly onCommit: () => void
  readonly onDiscard: () => void
}

type Sample = SenderImport['sample'][number]

const columns: readonly Column<Sample>[] = [
  {
    id: 'line',
    head: 'Line',
    cell: ({ line }) => <span className="tx3">{count(line)}</span>,
  },
  { id: 'user', head: 'For', cell: ({ user }) => user },
  { id: 'sender', head: 'Sender', cell: ({ sender }) => <span className="strong">{sender}</span> },
  { id: 'action', head: 'Action', cell: ({ action }) => actionWords[action] },
]

export function ImportPreview({ shown, busy, error, onCommit, onDiscard }: Props) {
  const good = shown.added + shown.replaced
  return (
    <div className={stack.stack}>
      <p role="status" className="strong">
        Preview of {shown.fileName}: {plural(shown.rows, 'row')}, nothing imported yet
      </p>
      <BigNumbers>
        <BigNumber name="to add">{count(shown.added)}</BigNumber>
        <BigNumber name="to replace">{count(shown.replaced)}</BigNumber>
        <BigNumber name="already there">{count(shown.unchanged)}</BigNumber>
        <BigNumber name={shown.users === 1 ? 'user' : 'users'}>{count(shown.users)}</BigNumber>
        <BigNumber name="need attention">{count(shown.errorCount)}</BigNumber>
      </BigNumbers>
      {shown.errorCount > 0 && <RowErrors shown={shown} />}
      {shown.waiting > 0 && (
        <Note
          tone="info"
          title={`${plural(shown.waiting, 'row is', 'rows are')} for addresses that no user has yet`}
        >
          <p>They are kept, and belong to the user as soon as the address is known.</p>
        </Note>
      )}
      {shown.duplicates > 0 && (
        <Note
          tone="info"
          title={`${plural(shown.duplicates, 'row stands', 'rows stand')} in the file twice`}
        />
      )}
      {shown.warnings.map((warning) => (
        <Note key={warning} tone="info" title={warning} />
      ))}
      {shown.sample.length > 0 && (
        <>
          {shown.rows > shown.sample.length && (
            <p className="small tx2">
              {`The first ${plural(shown.sample.length, 'row')} as we read them, of ${count(shown.rows)}.`}
            </p>
          )}
          <div className={classes.framed}>
            <DataTable
              label="First rows as we read them"
              rows={shown.sample}
              columns={columns}
              rowKey={({ line }) => String(line)}
              card={({ line, user, sender, action }) => (
                <>
                  <span className="strong">{sender}</span>
                  <span className="tx2">
                    Line {count(line)}, {actionWords[action].toLowerCase()} for {user}
                  </span>
                </>
              )}
              dense
            />
          </div>
        </>
      )}
      {error ? <ProblemNote error={error} /> : null}
      <div className={stack.row}>
        {shown.errorCount === 0 && (
          <Button loading={busy} disabled={good === 0} onClick={onCommit}>
            {`Import ${plural(good, 'entry', 'entries')}`}
          </Button>
        )}
        <Button variant="default" onClick={onDiscard}>
          Choose another file
        </Button>
      </div>
    </div>
  )
}
