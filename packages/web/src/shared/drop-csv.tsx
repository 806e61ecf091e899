// A place to drop a list on, or to press and choose one: for every import.

import { Dropzone } from '@mantine/dropzone'
import { IconFileSpreadsheet } from '@tabler/icons-react'
import { useWords } from '#i18n/i18n.ts'
import classes from './drop-csv.module.css'
import { count } from './format.ts'

/** Browsers name a CSV differently, by what else is installed. */
const CSV_TYPES = {
  'text/csv': ['.csv'],
  'text/plain': ['.csv', '.txt'],
  'application/vnd.ms-excel': ['.csv'],
}

/** Where workbooks are read too. */
const LIST_TYPES = {
  ...CSV_TYPES,
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['.xlsx'],
}

type Props = {
  /** Workbooks are taken too. */
  readonly withXlsx?: boolean
  readonly rowsMax?: number
  /** Name of the file input, for screen readers. */
  readonly label: string
  readonly busy: boolean
  readonly bytesMax: number
  readonly onDrop: (files: readonly File[]) => void
  readonly onReject: (why: string) => void
  /** Opens the chooser from a button elsewhere. */
  readonly openRef?: { current: (() => void) | null }
}

export function DropCsv(props: Props) {
  const { label, busy, bytesMax, onDrop, onReject, openRef, withXlsx = false, rowsMax = 50_000 } = props
  const words = useWords('shell')
  const wrong = words(withXlsx ? 'drop.wrongXlsx' : 'drop.wrongCsv')
  return (
    <Dropzone
      onDrop={onDrop}
      onReject={() => onReject(wrong)}
      accept={withXlsx ? LIST_TYPES : CSV_TYPES}
      maxSize={bytesMax}
      maxFiles={1}
      multiple={false}
      loading={busy}
      className={classes.drop}
      inputProps={{ 'aria-label': label }}
      {...(openRef ? { openRef } : {})}
    >
      <div className={classes.words}>
        <IconFileSpreadsheet size={22} stroke={1.6} aria-hidden />
        <span>
          <span className={classes.title}>{words(withXlsx ? 'drop.listHere' : 'drop.csvHere')}</span>
          <span className="small tx3">{words('drop.rows', { rows: count(rowsMax) })}</span>
        </span>
      </div>
    </Dropzone>
  )
}
