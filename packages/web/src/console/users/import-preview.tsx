// What an import would do: counts, guessed columns, first rows, and rows that need attention.
import type { UserImport } from '@gatepost/contract/user-import.ts'
import { Button } from '@mantine/core'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { count, plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { RowErrors } from '#shared/row-errors.tsx'
import { usePhone } from '#shared/screen.ts'
import stack from '#shared/stack.module.css'
import table from '#shared/table.module.css'
import classes from './users.module.css'

const meansWords = {
  email: 'address',
  name: 'name',
  aliases: 'further addresses',
  ignored: 'left out',
} as const

type Props = {
  readonly shown: UserImport
  readonly busy: boolean
  readonly error: unknown
  readonly onCommit: (goodRowsOnly: boolean) => void
  readonly onDiscard: () => void
}

export function ImportPreview({ shown, busy, error, onCommit, onDiscard }: Props) {
  const good = shown.adds + shown.changes
  return (
    <div className={stack.stack}>
      <p role="status" className="strong">
        Preview of {shown.fileName}: {plural(shown.rows, 'row')}, nothing imported yet
      </p>
      <BigNumbers>
        <BigNumber name="to add">{count(shown.adds)}</BigNumber>
        <BigNumber name="to change">{count(shown.changes)}</BigNumber>
        <BigNumber name="unchanged">{count(shown.unchanged)}</BigNumber>
        <BigNumber name="need attention">{count(shown.errorCount)}</BigNumber>
      </BigNumbers>
      {shown.errorCount > 0 && <RowErrors shown={shown} />}
      {shown.warnings.map((warning) => (
        <Note key={warning} tone="info" title={warning} />
      ))}
      <Columns shown={shown} />
      {error ? <ProblemNote error={error} /> : null}
      <div className={stack.row}>
        {shown.errorCount === 0 ? (
          <Button loading={busy} disabled={good === 0} onClick={() => onCommit(false)}>
            {`Import ${plural(good, 'user')}`}
          </Button>
        ) : (
          <Button loading={busy} disabled={good === 0} onClick={() => onCommit(true)}>
            {`Import the ${plural(good, 'good row')}`}
          </Button>
        )}
        <Button variant="default" onClick={onDiscard}>
          Choose another file
        </Button>
      </div>
    </div>
  )
}

function Columns({ shown }: { readonly shown: UserImport }) {
  return (
    <div className={classes.framed}>
      <p className={classes.guess}>
        {shown.columns.map(({ header, means }) => (
          <span key={header}>
            <code>{header}</code> is {means === 'ignored' ? '' : 'the '}
            {meansWords[means]}
          </span>
        ))}
      </p>
      <SampleRows shown={shown} />
    </div>
  )
}

function SampleRows({ shown }: { readonly shown: UserImport }) {
  if (usePhone()) {
    return (
      <ul className={table.cards} aria-label="First rows as we read them">
        {shown.sample.map(({ line, email, name, aliases }) => (
          <li key={line} className={table.card}>
            <span className="strong">{email}</span>
            <span className="tx2">{[`Line ${line}`, name, ...aliases].filter(Boolean).join(', ')}</span>
          </li>
        ))}
      </ul>
    )
  }
  return (
    <div className={table.scroll}>
      <table className={table.table} data-dense>
        <caption className="hidden-visually">First rows as we read them</caption>
        <thead>
          <tr>
            <th scope="col" data-align="right">
              Line
            </th>
            <th scope="col">Address</th>
            <th scope="col">Name</th>
            <th scope="col">Further addresses</th>
          </tr>
        </thead>
        <tbody>
          {shown.sample.map(({ line, email, name, aliases }) => (
            <tr key={line}>
              <td data-align="right" className="tx3">
                {line}
              </td>
              <td>{email}</td>
              <td>{name}</td>
              <td>{aliases.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
