// What an import would do: counts, what each column means, first rows, removals, and rows that need
// attention.
import type { ColumnMeans, ImportColumn, ImportMode, UserImport } from '@gatepost/contract/user-import.ts'
import { Button, Checkbox, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { count, plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { RowErrors } from '#shared/row-errors.tsx'
import { usePhone } from '#shared/screen.ts'
import stack from '#shared/stack.module.css'
import table from '#shared/table.module.css'
import classes from './users.module.css'

const meansWords: { readonly [Means in ColumnMeans]: string } = {
  email: 'Address',
  name: 'Name',
  aliases: 'Further addresses',
  password: 'Password',
  groups: 'Groups',
  role: 'Role',
  enabled: 'May sign in',
  attribute: 'Attribute',
  ignored: 'Left out',
}
/** Columns whose meaning can be changed; more are shown as guessed. */
const COLUMNS_SHOWN = 40

type Mapping = Pick<ImportColumn, 'means' | 'attribute'>

type Props = {
  readonly shown: UserImport
  readonly busy: boolean
  /** The file is being checked again. */
  readonly checking: boolean
  readonly error: unknown
  readonly onMap: (said: { readonly columns?: Mapping[]; readonly mode?: ImportMode }) => void
  readonly onCommit: (goodRowsOnly: boolean, removals: number | null) => void
  readonly onDiscard: () => void
}

export function ImportPreview({ shown, busy, checking, error, onMap, onCommit, onDiscard }: Props) {
  const [agreed, setAgreed] = useState(false)
  const good = shown.adds + shown.changes
  const isNothing = good + shown.removes === 0 && shown.passwords === 0
  const isBlocked = isNothing || checking || (shown.removalsNeedYes && !agreed)
  const removals = shown.removalsNeedYes ? shown.removes : null
  return (
    <div className={stack.stack}>
      <p role="status" className="strong">
        Preview of {shown.fileName}: {plural(shown.rows, 'row')}, nothing imported yet
      </p>
      {shown.failure && <Note tone="bad" role="alert" title={shown.failure} />}
      <BigNumbers>
        <BigNumber name="to add">{count(shown.adds)}</BigNumber>
        <BigNumber name="to change">{count(shown.changes)}</BigNumber>
        <BigNumber name="unchanged">{count(shown.unchanged)}</BigNumber>
        {shown.mode === 'replace' && <BigNumber name="to remove">{count(shown.removes)}</BigNumber>}
        {shown.passwords > 0 && <BigNumber name="passwords to set">{count(shown.passwords)}</BigNumber>}
        <BigNumber name="need attention">{count(shown.errorCount)}</BigNumber>
      </BigNumbers>
      <SegmentedControl
        aria-label="What the list does"
        value={shown.mode}
        disabled={checking}
        onChange={(mode) => {
          setAgreed(false)
          onMap({ mode: mode as ImportMode })
        }}
        data={[
          { value: 'add', label: 'Add and complete' },
          { value: 'replace', label: 'Replace the list before' },
        ]}
      />
      {shown.mode === 'replace' && <Removals shown={shown} agreed={agreed} onAgree={setAgreed} />}
      {shown.errorCount > 0 && <RowErrors shown={shown} />}
      {shown.newGroups.length > 0 && (
        <Note tone="info" title={`Groups that will be made: ${shown.newGroups.join(', ')}`} />
      )}
      {shown.warnings.map((warning) => (
        <Note key={warning} tone="info" title={warning} />
      ))}
      <Columns key={JSON.stringify(shown.columns)} shown={shown} checking={checking} onMap={onMap} />
      {error ? <ProblemNote error={error} /> : null}
      <div className={stack.row}>
        {shown.errorCount === 0 ? (
          <Button loading={busy} disabled={isBlocked} onClick={() => onCommit(false, removals)}>
            {importWords(good, shown.removes)}
          </Button>
        ) : (
          <Button loading={busy} disabled={isBlocked || good === 0} onClick={() => onCommit(true, removals)}>
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

/** `Import 3 users and remove 10`. */
function importWords(good: number, removes: number): string {
  if (removes === 0) return `Import ${plural(good, 'user')}`
  return good === 0
    ? `Remove ${plural(removes, 'user')}`
    : `Import ${plural(good, 'user')} and remove ${count(removes)}`
}

type RemovalsProps = {
  readonly shown: UserImport
  readonly agreed: boolean
  readonly onAgree: (agreed: boolean) => void
}

function Removals({ shown, agreed, onAgree }: RemovalsProps) {
  const { removes, keeps, removesSample, removalsNeedYes } = shown
  const more = removes - removesSample.length
  const kept =
    keeps > 0
      ? `${plural(keeps, 'user')} of the list before ${keeps === 1 ? 'stays' : 'stay'}: another source has them.`
      : ''
  if (removes === 0) return <Note tone="info" title={`Nobody is removed. ${kept}`.trim()} />
  return (
    <Note
      tone="warn"
      title={`${plural(removes, 'user')} of earlier lists ${removes === 1 ? 'is' : 'are'} removed`}
    >
      <p>
        {removesSample.join(', ')}
        {more > 0 && ` and ${count(more)} more`}. Mail to them is then refused by domains with known
        recipients. {kept}
      </p>
      {removalsNeedYes && (
        <Checkbox
          label={`Yes, remove ${plural(removes, 'user')}`}
          checked={agreed}
          onChange={(event) => onAgree(event.currentTarget.checked)}
        />
      )}
    </Note>
  )
}

type ColumnsProps = Pick<Props, 'shown' | 'checking' | 'onMap'>

function Columns({ shown, checking, onMap }: ColumnsProps) {
  const [columns, setColumns] = useState<readonly ImportColumn[]>(shown.columns)
  const isChanged = JSON.stringify(columns) !== JSON.stringify(shown.columns)
  const change = (at: number, part: Partial<ImportColumn>) =>
    setColumns(columns.map((column, index) => (index === at ? { ...column, ...part } : column)))
  return (
    <div className={classes.framed}>
      <fieldset className={classes.mapping} aria-label="What the columns mean">
        {columns.slice(0, COLUMNS_SHOWN).map(({ header, means, attribute }, at) => (
          <div key={at}>
            <Select
              label={header || `Column ${at + 1}`}
              data={Object.entries(meansWords).map(([value, label]) => ({ value, label }))}
              value={means}
              allowDeselect={false}
              disabled={checking}
              onChange={(value) =>
                change(at, {
                  means: value as ColumnMeans,
                  attribute: value === 'attribute' ? (attribute ?? header) : null,
                })
              }
            />
            {means === 'attribute' && (
              <TextInput
                aria-label={`Attribute in ${header || `column ${at + 1}`}`}
                placeholder="Name of the attribute"
                value={attribute ?? ''}
                maxLength={100}
                onChange={(event) => change(at, { attribute: event.currentTarget.value })}
              />
            )}
          </div>
        ))}
      </fieldset>
      {isChanged && (
        <p className={classes.guess}>
          <Button
            size="compact-sm"
            loading={checking}
            onClick={() => onMap({ columns: columns.map(({ means, attribute }) => ({ means, attribute })) })}
          >
            Check again with these columns
          </Button>
        </p>
      )}
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
