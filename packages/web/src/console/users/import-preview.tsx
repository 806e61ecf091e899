// What an import would do: counts, what each column means, first rows, removals, and rows that need
// attention.

import {
  ColumnMeans,
  type ImportColumn,
  type ImportMode,
  type UserImport,
} from '@gatepost/contract/user-import.ts'
import { Button, Checkbox, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useWords, type Words } from '#i18n/i18n.ts'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { count } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { RowErrors } from '#shared/row-errors.tsx'
import { usePhone } from '#shared/screen.ts'
import stack from '#shared/stack.module.css'
import table from '#shared/table.module.css'
import classes from './users.module.css'

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
  const t = useWords('users')
  const [agreed, setAgreed] = useState(false)
  const good = shown.adds + shown.changes
  const isNothing = good + shown.removes === 0 && shown.passwords === 0
  const isBlocked = isNothing || checking || (shown.removalsNeedYes && !agreed)
  const removals = shown.removalsNeedYes ? shown.removes : null
  return (
    <div className={stack.stack}>
      <p role="status" className="strong">
        {t('import.preview', { file: shown.fileName, count: shown.rows })}
      </p>
      {shown.failure && <Note tone="bad" role="alert" title={shown.failure} />}
      <BigNumbers>
        <BigNumber name={t('import.toAdd')}>{count(shown.adds)}</BigNumber>
        <BigNumber name={t('import.toChange')}>{count(shown.changes)}</BigNumber>
        <BigNumber name={t('import.unchanged')}>{count(shown.unchanged)}</BigNumber>
        {shown.mode === 'replace' && (
          <BigNumber name={t('import.toRemove')}>{count(shown.removes)}</BigNumber>
        )}
        {shown.passwords > 0 && <BigNumber name={t('import.toSet')}>{count(shown.passwords)}</BigNumber>}
        <BigNumber name={t('import.attention')}>{count(shown.errorCount)}</BigNumber>
      </BigNumbers>
      <SegmentedControl
        aria-label={t('import.what')}
        value={shown.mode}
        disabled={checking}
        onChange={(mode) => {
          setAgreed(false)
          onMap({ mode: mode as ImportMode })
        }}
        data={[
          { value: 'add', label: t('import.modeAdd') },
          { value: 'replace', label: t('import.modeReplace') },
        ]}
      />
      {shown.mode === 'replace' && <Removals shown={shown} agreed={agreed} onAgree={setAgreed} />}
      {shown.errorCount > 0 && <RowErrors shown={shown} />}
      {shown.newGroups.length > 0 && (
        <Note tone="info" title={t('import.newGroups', { groups: shown.newGroups.join(', ') })} />
      )}
      {shown.warnings.map((warning) => (
        <Note key={warning} tone="info" title={warning} />
      ))}
      <Columns key={JSON.stringify(shown.columns)} shown={shown} checking={checking} onMap={onMap} />
      {error ? <ProblemNote error={error} /> : null}
      <div className={stack.row}>
        {shown.errorCount === 0 ? (
          <Button loading={busy} disabled={isBlocked} onClick={() => onCommit(false, removals)}>
            {importWords(good, shown.removes, t)}
          </Button>
        ) : (
          <Button loading={busy} disabled={isBlocked || good === 0} onClick={() => onCommit(true, removals)}>
            {t('import.goodRows', { count: good })}
          </Button>
        )}
        <Button variant="default" onClick={onDiscard}>
          {t('import.other')}
        </Button>
      </div>
    </div>
  )
}

/** `Import 3 users and remove 10`. */
function importWords(good: number, removes: number, t: Words): string {
  if (removes === 0) return t('import.importUsers', { count: good })
  return good === 0
    ? t('bulk.removeUsers', { count: removes })
    : t('import.importAndRemove', { count: good, removes: count(removes) })
}

type RemovalsProps = {
  readonly shown: UserImport
  readonly agreed: boolean
  readonly onAgree: (agreed: boolean) => void
}

function Removals({ shown, agreed, onAgree }: RemovalsProps) {
  const t = useWords('users')
  const { removes, keeps, removesSample, removalsNeedYes } = shown
  const more = removes - removesSample.length
  const kept = keeps > 0 ? t('import.kept', { count: keeps }) : ''
  if (removes === 0) return <Note tone="info" title={`${t('import.nobody')} ${kept}`.trim()} />
  return (
    <Note tone="warn" title={t('import.removed', { count: removes })}>
      <p>
        {removesSample.join(', ')}
        {more > 0 && ` ${t('import.more', { more: count(more) })}`}. {t('import.refused')} {kept}
      </p>
      {removalsNeedYes && (
        <Checkbox
          label={t('import.yes', { count: removes })}
          checked={agreed}
          onChange={(event) => onAgree(event.currentTarget.checked)}
        />
      )}
    </Note>
  )
}

type ColumnsProps = Pick<Props, 'shown' | 'checking' | 'onMap'>

function Columns({ shown, checking, onMap }: ColumnsProps) {
  const t = useWords('users')
  const [columns, setColumns] = useState<readonly ImportColumn[]>(shown.columns)
  const isChanged = JSON.stringify(columns) !== JSON.stringify(shown.columns)
  const change = (at: number, part: Partial<ImportColumn>) =>
    setColumns(columns.map((column, index) => (index === at ? { ...column, ...part } : column)))
  return (
    <div className={classes.framed}>
      <fieldset className={classes.mapping} aria-label={t('import.columns')}>
        {columns.slice(0, COLUMNS_SHOWN).map(({ header, means, attribute }, at) => (
          <div key={at}>
            <Select
              label={header || t('import.column', { number: at + 1 })}
              data={ColumnMeans.options.map((value) => ({ value, label: t(`means.${value}`) }))}
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
                aria-label={t('import.attributeIn', {
                  column: header || t('import.columnInside', { number: at + 1 }),
                })}
                placeholder={t('import.attributeName')}
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
            {t('import.checkAgain')}
          </Button>
        </p>
      )}
      <SampleRows shown={shown} />
    </div>
  )
}

function SampleRows({ shown }: { readonly shown: UserImport }) {
  const t = useWords('users')
  if (usePhone()) {
    return (
      <ul className={table.cards} aria-label={t('import.firstRows')}>
        {shown.sample.map(({ line, email, name, aliases }) => (
          <li key={line} className={table.card}>
            <span className="strong">{email}</span>
            <span className="tx2">
              {[t('import.lineNumber', { line }), name, ...aliases].filter(Boolean).join(', ')}
            </span>
          </li>
        ))}
      </ul>
    )
  }
  return (
    <div className={table.scroll}>
      <table className={table.table} data-dense>
        <caption className="hidden-visually">{t('import.firstRows')}</caption>
        <thead>
          <tr>
            <th scope="col" data-align="right">
              {t('import.line')}
            </th>
            <th scope="col">{t('address')}</th>
            <th scope="col">{t('name')}</th>
            <th scope="col">{t('further')}</th>
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
