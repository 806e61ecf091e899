// A place to drop a CSV on, or to press and choose one: for every import.
import { Dropzone } from '@mantine/dropzone'
import { IconFileSpreadsheet } from '@tabler/icons-react'
import classes from './drop-csv.module.css'

/** Browsers name a CSV differently, by what else is installed. */
const CSV_TYPES = {
  'text/csv': ['.csv'],
  'text/plain': ['.csv', '.txt'],
  'application/vnd.ms-excel': ['.csv'],
}

type Props = {
  /** Name of the file input, for screen readers. */
  readonly label: string
  readonly busy: boolean
  readonly bytesMax: number
  readonly onDrop: (files: readonly File[]) => void
  readonly onReject: (why: string) => void
  /** Opens the chooser from a button elsewhere. */
  readonly openRef?: { current: (() => void) | null }
}

export function DropCsv({ label, busy, bytesMax, onDrop, onReject, openRef }: Props) {
  return (
    <Dropzone
      onDrop={onDrop}
      onReject={() => onReject('Only one CSV file up to 20 MB can be read. Save a spreadsheet as CSV first.')}
      accept={CSV_TYPES}
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
          <span className={classes.title}>Drop a CSV file here, or press to choose one</span>
          <span className="small tx3">
            Up to 50,000 rows. Nothing is imported before you have seen the preview.
          </span>
        </span>
      </div>
    </Dropzone>
  )
}
