// Many users by CSV: drop a file, look at what it would do, import all or the good rows, undo for an hour.
import { getConnect } from '@gatepost/contract/connect.ts'
import { listDomains } from '@gatepost/contract/domain.ts'
import { listUsers } from '@gatepost/contract/user.ts'
import { commitUserImport, IMPORT_BYTES_MAX, previewUserImport, undoUserImport } from '@gatepost/contract/user-import.ts'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { saveFile } from '#shared/clipboard.ts'
import { DropCsv } from '#shared/drop-csv.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { template } from './import-file.ts'
import { ImportPreview } from './import-preview.tsx'
import { ImportResult } from './import-result.tsx'

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
            <DropCsv
              label="CSV file with users"
              busy={preview.isPending}
              bytesMax={IMPORT_BYTES_MAX}
              onDrop={take}
              onReject={setWrongFile}
            />
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
