// What an import of senders would do: counts, guessed columns, first rows, and rows that need attention.

import type { SenderImport } from '@gatepost/contract/sender.ts'
import { Button } from '@mantine/core'
import { useWords, type Words } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { count } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { RowErrors } from '#shared/row-errors.tsx'
import stack from '#shared/stack.module.css'
import classes from './senders.module.css'
import { actionWordsOf } from './senders-search.ts'

type Props = {
  readonly shown: SenderImport
  readonly busy: boolean
  readonly error: unknown
  readonly onCommit: () => void
  readonly onDiscard: () => void
}

type Sample = SenderImport['sample'][number]

const columnsOf: (t: Words) => readonly Column<Sample>[] = (t) => [
  {
    id: 'line',
    head: t('importPreview.line'),
    cell: ({ line }) => <span className="tx3">{count(line)}</span>,
  },
  { id: 'user', head: t('importPreview.for'), cell: ({ user }) => user },
  {
    id: 'sender',
    head: t('importPreview.sender'),
    cell: ({ sender }) => <span className="strong">{sender}</span>,
  },
  { id: 'action', head: t('importPreview.action'), cell: ({ action }) => actionWordsOf(t)[action] },
]

export function ImportPreview({ shown, busy, error, onCommit, onDiscard }: Props) {
  const t = useWords('senders')
  const good = shown.added + shown.replaced
  return (
    <div className={stack.stack}>
      <p role="status" className="strong">
        {t('importPreview.previewOfRowsNothing', { fileName: shown.fileName, count: shown.rows })}
      </p>
      <BigNumbers>
        <BigNumber name={t('importPreview.toAdd')}>{count(shown.added)}</BigNumber>
        <BigNumber name={t('importPreview.toReplace')}>{count(shown.replaced)}</BigNumber>
        <BigNumber name={t('importPreview.alreadyThere')}>{count(shown.unchanged)}</BigNumber>
        <BigNumber name={shown.users === 1 ? t('importPreview.user') : t('importPreview.users')}>
          {count(shown.users)}
        </BigNumber>
        <BigNumber name={t('importPreview.needAttention')}>{count(shown.errorCount)}</BigNumber>
      </BigNumbers>
      {shown.errorCount > 0 && <RowErrors shown={shown} />}
      {shown.waiting > 0 && (
        <Note tone="info" title={t('importPreview.rowsAreForAddressesThatNo', { count: shown.waiting })}>
          <p>{t('importPreview.theyAreKeptAndBelongToThe')}</p>
        </Note>
      )}
      {shown.duplicates > 0 && (
        <Note tone="info" title={t('importPreview.rowsStandInTheFileTwice', { count: shown.duplicates })} />
      )}
      {shown.warnings.map((warning) => (
        <Note key={warning} tone="info" title={warning} />
      ))}
      {shown.sample.length > 0 && (
        <>
          {shown.rows > shown.sample.length && (
            <p className="small tx2">
              {t('importPreview.theFirstRowsAsWeReadThemOf', {
                count: shown.sample.length,
                rows: count(shown.rows),
              })}
            </p>
          )}
          <div className={classes.framed}>
            <DataTable
              label={t('importPreview.firstRowsAsWeReadThem')}
              rows={shown.sample}
              columns={columnsOf(t)}
              rowKey={({ line }) => String(line)}
              card={({ line, user, sender, action }) => (
                <>
                  <span className="strong">{sender}</span>
                  <span className="tx2">
                    {t('importPreview.lineFor', {
                      line: count(line),
                      toLowerCase: actionWordsOf(t)[action].toLowerCase(),
                      user,
                    })}
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
            {t('importPreview.importEntries', { count: good })}
          </Button>
        )}
        <Button variant="default" onClick={onDiscard}>
          {t('importPreview.chooseAnotherFile')}
        </Button>
      </div>
    </div>
  )
}
