// Rows of an uploaded file that need attention: the first of them here, all of them as a CSV to mend.

import type { RowError } from '@gatepost/contract/user-import.ts'
import { Button } from '@mantine/core'
import { useWords, type Words } from '#i18n/i18n.ts'
import { saveFile } from './clipboard.ts'
import { count, plural } from './format.ts'
import { Note } from './note.tsx'
import classes from './row-errors.module.css'

const ERRORS_SHOWN = 20

type Props = {
  readonly shown: {
    readonly fileName: string
    readonly errors: readonly RowError[]
    readonly errorCount: number
  }
}

export function RowErrors({ shown }: Props) {
  const words = useWords('shell')
  const more = shown.errorCount - Math.min(shown.errors.length, ERRORS_SHOWN)
  return (
    <Note tone="warn" title={attention(shown.errorCount, words)}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by keyboard. */}
      <ul className={classes.errors} aria-label={words('rows.list', 'Rows that need attention')} tabIndex={0}>
        {shown.errors.slice(0, ERRORS_SHOWN).map(({ line, column, text, reason }) => (
          <li key={`${line} ${column} ${reason}`}>
            <span className="strong">
              {words('rows.line', { defaultValue: `Line ${count(line)}`, line: count(line) })}
            </span>
            {column && `, ${column}`}: <code>{text || words('rows.empty', 'empty')}</code> {reason}
          </li>
        ))}
      </ul>
      {more > 0 && (
        <p>
          {words('rows.more', {
            defaultValue: `and ${count(more)} more, all in the CSV.`,
            more: count(more),
          })}
        </p>
      )}
      <DownloadRows shown={shown} />
    </Note>
  )
}

export function DownloadRows({ shown }: Props) {
  const words = useWords('shell')
  return (
    <Button variant="default" onClick={() => saveFile(`to-mend-${shown.fileName}`, errorsCsv(shown.errors))}>
      {words('rows.download', 'Download rows to mend')}
    </Button>
  )
}

function attention(errorCount: number, words: Words): string {
  const verb = errorCount === 1 ? 'needs' : 'need'
  return words('rows.attention', {
    defaultValue: `Nothing imported yet: ${plural(errorCount, 'row')} ${verb} attention`,
    count: errorCount,
    shown: count(errorCount),
  })
}

/** The wrong rows with line, column, text and reason, for a spreadsheet. */
export function errorsCsv(errors: readonly RowError[]): string {
  const rows = errors.map(({ line, column, text, reason }) => [String(line), column, text, reason])
  return [['line', 'column', 'text', 'reason'], ...rows].map((row) => row.map(quoted).join(',')).join('\r\n')
}

/** Quotes a cell; a leading formula sign gets an apostrophe, so that spreadsheets don't run it. */
function quoted(cell: string): string {
  const harmless = /^[=+\-@\t\r;]/.test(cell) ? `'${cell}` : cell
  return `"${harmless.replaceAll('"', '""')}"`
}
