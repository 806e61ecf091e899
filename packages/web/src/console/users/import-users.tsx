// Many users by CSV: drop a file, look at what it would do, import all or the good rows, undo for an hour.
import { getConnect } from '@gatepost/contract/connect.ts'
import { listDomains } from '@gatepost/contract/domain.ts'
import {
  commitUserImport,
  IMPORT_BYTES_MAX,
  listUsers,
  previewUserImport,
  undoUserImport,
} from '@gatepost/contract/user.ts'
import { Button } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import { IconFileSpreadsheet } from '@tabler/icons-react'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { saveFile } from '#shared/clipboard.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { template } from './import-file.ts'
import { ImportPreview } from './import-preview.tsx'
import { ImportResult } from './import-result.tsx'
import classes from './users.module.css'

/** Browsers name a CSV differently, by what else is installed. */
const CSV_TYPES = { 'text/csv': ['.csv'], 'text/plain': ['.csv'], 'application/vnd.ms-excel': ['.csv'] }
const READ_AGAIN = [listUsers, listDomains, getConnect]

export function ImportUsers() {
  const tenant = useSlug()
  const may = useMay('users:write')
  const [wrongFile, setWrongFile] = useState<string | null>(null)
  const preview = useAction(previewUserImport)
  const commit = useAction(commitUserImport, { readAgain: READ_AGAIN })
  const undo = useAction(undoUserImport, { readAgain: READ_AGAIN })
  const shown = undo.data ?? commit.data ?? preview.data
  const again = () => {
    for (const action of [preview, commit, undo]) action.reset()
  }
  const take = (files: readonly File[]) => {
    const file = files[0]
    if (!file) return
    setWrongFile(null)
    preview.mutate({ params: { tenant }, query: { fileName: file.name }, file })
  }
  if (!may) return null
  return (
    <Panel
      title="Import from CSV"
      side="columns email, name, aliases"
      actions={
        <Button variant="default" onClick={() => saveFile('gatepost-users.csv', template)}>
          Download template
        </Button>
      }
    >
      <div className={stack.stack}>
        {!shown && (
          <>
            <DropFile busy={preview.isPending} onDrop={take} onReject={setWrongFile} />
            {wrongFile && <Note tone="bad" role="alert" title={wrongFile} />}
            {preview.error && <ProblemNote error={preview.error} />}
          </>
        )}
        {shown?.state === 'previewed' && (
          <ImportPreview
            shown={shown}
            busy={commit.isPending}
            error={commit.error}
            onCommit={(goodRowsOnly) =>
              commit.mutate({ params: { tenant, import: shown.id }, body: { goodRowsOnly } })
            }
            onDiscard={again}
          />
        )}
        {shown && shown.state !== 'previewed' && (
          <ImportResult
            shown={shown}
            busy={undo.isPending}
            error={undo.error}
            onUndo={() => undo.mutate({ params: { tenant, import: shown.id } })}
            onAgain={again}
          />
        )}
      </div>
    </Panel>
  )
}

type DropProps = {
  readonly busy: boolean
  readonly onDrop: (files: readonly File[]) => void
  readonly onReject: (why: string) => void
}

function DropFile({ busy, onDrop, onReject }: DropProps) {
  return (
    <Dropzone
      onDrop={onDrop}
      onReject={() => onReject('Only one CSV file up to 20 MB can be read. Save a spreadsheet as CSV first.')}
      accept={CSV_TYPES}
      maxSize={IMPORT_BYTES_MAX}
      maxFiles={1}
      multiple={false}
      loading={busy}
      className={classes.drop}
      inputProps={{ 'aria-label': 'CSV file with users' }}
    >
      <div className={classes.dropWords}>
        <IconFileSpreadsheet size={22} stroke={1.6} aria-hidden />
        <span>
          <span className={classes.dropTitle}>Drop a CSV file here, or press to choose one</span>
          <span className="small tx3">
            Up to 50,000 rows. Nothing is imported before you have seen the preview.
          </span>
        </span>
      </div>
    </Dropzone>
  )
}
