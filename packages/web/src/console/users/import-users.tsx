// Many users by CSV or XLSX: drop a file, say what its columns mean where the guess is wrong, look at what it
// would do, import all or the good rows, undo for an hour.

import { getConnect } from '@gatepost/contract/connect.ts'
import { listDomains } from '@gatepost/contract/domain.ts'
import { listGroups } from '@gatepost/contract/group.ts'
import { listUsers } from '@gatepost/contract/user.ts'
import {
  commitUserImport,
  getUserImport,
  IMPORT_BYTES_MAX,
  listUserImports,
  mapUserImport,
  previewUserImport,
  ROWS_PER_IMPORT_MAX,
  type UserImport,
  undoUserImport,
} from '@gatepost/contract/user-import.ts'
import { Button, Progress } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { saveFile } from '#shared/clipboard.ts'
import { DropCsv } from '#shared/drop-csv.tsx'
import { count } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { TEMPLATE_XLSX, template } from './import-file.ts'
import { ImportPreview } from './import-preview.tsx'
import { ImportResult } from './import-result.tsx'

const READ_AGAIN = [listUsers, listDomains, listGroups, getConnect, listUserImports]
const POLL_MS = 700

export function ImportUsers() {
  const t = useWords('users')
  const tenant = useSlug()
  const may = useMay('users:write')
  const [shown, setShown] = useState<UserImport | null>(null)
  if (!may) return null
  return (
    <Panel
      title={t('import.title')}
      side={t('import.side')}
      actions={
        <div className={stack.row}>
          <Button variant="default" onClick={() => saveFile('gatepost-users.csv', template)}>
            {t('import.template')}
          </Button>
          <Button variant="default" component="a" href={TEMPLATE_XLSX} download="gatepost-users.xlsx">
            {t('import.templateXlsx')}
          </Button>
        </div>
      }
    >
      <div className={stack.stack}>
        {shown === null && (
          <>
            <LastList onShow={setShown} />
            <Upload onRead={setShown} />
          </>
        )}
        {shown?.state === 'previewed' && (
          <Preview key={shown.id} shown={shown} onChange={setShown} onDiscard={() => setShown(null)} />
        )}
        {shown?.state === 'importing' && <Working tenant={tenant} shown={shown} onChange={setShown} />}
        {shown && shown.state !== 'previewed' && shown.state !== 'importing' && (
          <Result shown={shown} onChange={setShown} onAgain={() => setShown(null)} />
        )}
      </div>
    </Panel>
  )
}

/** How old the list is that users come from, with its undo while that is possible. */
function LastList({ onShow }: { readonly onShow: (shown: UserImport) => void }) {
  const t = useWords('users')
  const tenant = useSlug()
  const { data } = useEndpoint(listUserImports, { params: { tenant }, query: { limit: 1 } })
  const read = useAction(getUserImport, { onDone: onShow })
  const last = data?.items.find(({ state }) => state === 'committed')
  if (!last?.committedAt) return null
  return (
    <p className="small tx2">
      {rich(t, 'import.last', { file: last.fileName, time: <RelativeTime at={last.committedAt} /> })}{' '}
      {last.undoUntil !== null && (
        <Button
          variant="subtle"
          size="compact-xs"
          loading={read.isPending}
          onClick={() => read.mutate({ params: { tenant, import: last.id } })}
        >
          {t('import.show')}
        </Button>
      )}
    </p>
  )
}

function Upload({ onRead }: { readonly onRead: (shown: UserImport) => void }) {
  const t = useWords('users')
  const tenant = useSlug()
  const [wrongFile, setWrongFile] = useState<string | null>(null)
  const preview = useAction(previewUserImport, { onDone: onRead })
  const take = (files: readonly File[]) => {
    const [file] = files
    if (!file) return
    setWrongFile(null)
    preview.mutate({ params: { tenant }, query: { fileName: file.name }, file })
  }
  return (
    <>
      <DropCsv
        label={t('import.file')}
        withXlsx
        rowsMax={ROWS_PER_IMPORT_MAX}
        busy={preview.isPending}
        bytesMax={IMPORT_BYTES_MAX}
        onDrop={take}
        onReject={setWrongFile}
      />
      {preview.isPending && (
        <div role="status" className={stack.tight}>
          <span className="small">{t('import.uploading')}</span>
          <Progress value={100} animated aria-label={t('import.uploading')} size="sm" />
        </div>
      )}
      {wrongFile && <Note tone="bad" role="alert" title={wrongFile} />}
      {preview.error && <ProblemNote error={preview.error} />}
    </>
  )
}

type StepProps = { readonly shown: UserImport; readonly onChange: (shown: UserImport) => void }

function Preview({ shown, onChange, onDiscard }: StepProps & { readonly onDiscard: () => void }) {
  const tenant = useSlug()
  const params = { tenant, import: shown.id }
  const commit = useAction(commitUserImport, { readAgain: READ_AGAIN, onDone: onChange })
  const map = useAction(mapUserImport, { onDone: onChange })
  return (
    <ImportPreview
      shown={shown}
      busy={commit.isPending}
      checking={map.isPending}
      error={commit.error ?? map.error}
      onMap={(body) => map.mutate({ params, body })}
      onCommit={(goodRowsOnly, removals) =>
        commit.mutate({ params, body: { goodRowsOnly, ...(removals === null ? {} : { removals }) } })
      }
      onDiscard={onDiscard}
    />
  )
}

function Working({ tenant, shown, onChange }: StepProps & { readonly tenant: string }) {
  const t = useWords('users')
  const client = useQueryClient()
  const { data } = useEndpoint(
    getUserImport,
    { params: { tenant, import: shown.id } },
    { refetchInterval: POLL_MS },
  )
  useEffect(() => {
    if (!data || data.state === 'importing') return
    onChange(data)
    for (const { name } of READ_AGAIN) void client.invalidateQueries({ queryKey: [name] })
  }, [data])
  const { phase, done, total } = data?.progress ??
    shown.progress ?? { phase: t('import.working'), done: 0, total: 0 }
  const words = done > 0 ? t('import.phase', { phase, done: count(done), total: count(total) }) : phase
  return (
    <div role="status" className={stack.tight}>
      <span className="strong">{t('import.workingOn', { file: shown.fileName })}</span>
      <span className="small">{words}</span>
      <Progress
        value={total > 0 && done > 0 ? (done / total) * 100 : 100}
        animated
        aria-label={words}
        size="sm"
      />
      {shown.passwords > 0 && (
        <span className="small tx2">{t('import.passwords', { count: shown.passwords })}</span>
      )}
    </div>
  )
}

function Result({ shown, onChange, onAgain }: StepProps & { readonly onAgain: () => void }) {
  const tenant = useSlug()
  const undo = useAction(undoUserImport, { readAgain: READ_AGAIN, onDone: onChange })
  return (
    <ImportResult
      shown={shown}
      busy={undo.isPending}
      error={undo.error}
      onUndo={() => undo.mutate({ params: { tenant, import: shown.id } })}
      onAgain={onAgain}
    />
  )
}
