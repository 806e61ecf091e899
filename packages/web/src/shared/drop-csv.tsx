// A place to drop a list on, or to press and choose one: for every import.
import { Dropzone } from '@mantine/dropzone'
import { IconFileSpreadsheet } from '@tabler/icons-react'
import classes from './drop-csv.module.css'

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
  const kind = withXlsx ? 'CSV or XLSX' : 'CSV'
  const wrong = withXlsx
    ? 'Only one CSV or XLSX file up to 20 MB can be read. Save an older workbook as XLSX first.'
    : 'Only one CSV file up to 20 MB can be read. Save a spreadsheet as CSV first.'
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
          <span className={classes.title}>Drop a {kind} file here, or press to choose one</span>
          <span className="small tx3">
            Up to {rowsMax.toLocaleString('en-GB')} rows. Nothing is imported before you have seen the
            preview.
          </span>
        </span>
      </div>
    </Dropzone>
  )
}
