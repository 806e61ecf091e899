// Permitted senders by CSV (S6, C7): what was added to date, start, download, choose or drop a file, preview,
// import, undo for an hour.

import { getConnect } from '@gatepost/contract/connect.ts'
import {
  commitSenderImport,
  getSenderSummary,
  listSenders,
  previewSenderImport,
  type SenderImport,
  type SenderSummary,
  undoSenderImport,
} from '@gatepost/contract/sender.ts'
import { IMPORT_BYTES_MAX } from '@gatepost/contract/user-import.ts'
import { Button, Progress } from '@mantine/core'
import { useRef, useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { saveFile } from '#shared/clipboard.ts'
import { DropCsv } from '#shared/drop-csv.tsx'
import { BigNumber, BigNumbers } from '#shared/facts.tsx'
import { count, date } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { ContactsTool } from './collect/contacts-tool.tsx'
import { ImportOutcome } from './import-outcome.tsx'
import { ImportPreview } from './import-preview.tsx'
import classes from './senders.module.css'

const READ_AGAIN = [listSenders, getSenderSummary, getConnect]

const EXAMPLE = [
  'maya.okafor@acme.example, orders@oldmill.example, PERMIT',
  'leo.brandt@acme.example, nordmetall.example, PERMIT',
  '',
].join('\r\n')

export function ImportSenders() {
  const t = useWords('senders')
  const tenant = useSlug()
  const may = useMay('senders:write')
  const { data: summary, error } = useEndpoint(
    getSenderSummary,
    { params: { tenant } },
    { refetchInterval: 30_000 },
  )
  const now = useNow()
  const [started, setStarted] = useState(false)
  const [undone, setUndone] = useState<SenderImport | null>(null)
  const last = summary?.lastImport ?? null
  const undoable = last !== null && last.undoUntil !== null && last.undoUntil > now
  return (
    <Panel
      title={t('importSenders.importPermittedSenders')}
      side={t('importSenders.fromContactsAndSentMailOrA')}
      actions={
        may &&
        !started && (
          <Button
            variant={summary && summary.entries > 0 ? 'default' : 'filled'}
            onClick={() => setStarted(true)}
          >
            {t('importSenders.start')}
          </Button>
        )
      }
    >
      <div className={stack.stack}>
        {error && !summary && <ProblemNote error={error} />}
        {summary && <ToDate summary={summary} />}
        {may && started && <ImportFile onClose={() => setStarted(false)} />}
        {may && !started && (undone ?? undoable) && <UndoLast shown={undone ?? last!} onUndone={setUndone} />}
      </div>
    </Panel>
  )
}

function ToDate({ summary }: { readonly summary: SenderSummary }) {
  const t = useWords('senders')
  const { users, entries, waitingUsers, outboundSince } = summary
  return (
    <>
      <BigNumbers>
        <BigNumber name={t('importSenders.usersAdded')}>{count(users)}</BigNumber>
        <BigNumber name={t('importSenders.entriesAdded')}>{count(entries)}</BigNumber>
        {waitingUsers > 0 && (
          <BigNumber name={t('importSenders.addressesWaitForTheirUser')}>{count(waitingUsers)}</BigNumber>
        )}
        <BigNumber name={t('importSenders.outboundEmailSetUp')}>
          {outboundSince === null ? t('importSenders.notYet') : date(outboundSince)}
        </BigNumber>
      </BigNumbers>
      {summary.outboundSeenAt !== null && (
        <p className="small">
          {t('importSenders.mailFromYourHostHasBeen', { outboundSeenAt: date(summary.outboundSeenAt) })}
        </p>
      )}
    </>
  )
}

function ImportFile({ onClose }: { readonly onClose: () => void }) {
  const t = useWords('senders')
  const tenant = useSlug()
  const open = useRef<(() => void) | null>(null)
  const [wrongFile, setWrongFile] = useState<string | null>(null)
  const preview = useAction(previewSenderImport)
  const commit = useAction(commitSenderImport, { readAgain: READ_AGAIN })
  const undo = useAction(undoSenderImport, { readAgain: READ_AGAIN })
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
  if (shown && shown.state !== 'previewed') {
    return (
      <ImportOutcome
        shown={shown}
        busy={undo.isPending}
        error={undo.error}
        onUndo={() => undo.mutate({ params: { tenant, senderImport: shown.id } })}
        onAgain={again}
      />
    )
  }
  if (shown) {
    return (
      <>
        <ImportPreview
          shown={shown}
          busy={commit.isPending}
          error={commit.error}
          onCommit={() => commit.mutate({ params: { tenant, senderImport: shown.id } })}
          onDiscard={again}
        />
        {commit.isPending && <Working words={t('importSenders.importing', { fileName: shown.fileName })} />}
      </>
    )
  }
  return (
    <>
      <HowTo />
      <ContactsTool />
      <div className={stack.row}>
        <Button variant="default" onClick={() => saveFile('permitted-senders-example.csv', EXAMPLE)}>
          {t('importSenders.downloadExampleCsv')}
        </Button>
        <Button onClick={() => open.current?.()} loading={preview.isPending}>
          {t('importSenders.selectCsvFile')}
        </Button>
        <Button variant="subtle" color="gray" onClick={onClose}>
          {t('importSenders.close')}
        </Button>
      </div>
      <DropCsv
        label={t('importSenders.csvFileWithSenders')}
        busy={false}
        bytesMax={IMPORT_BYTES_MAX}
        onDrop={take}
        onReject={setWrongFile}
        openRef={open}
      />
      {preview.isPending && <Working words={t('importSenders.uploadingAndCheckingEvery')} />}
      {wrongFile && <Note tone="bad" role="alert" title={wrongFile} />}
      {preview.error && <ProblemNote error={preview.error} />}
    </>
  )
}

function HowTo() {
  const t = useWords('senders')
  return (
    <ol className={classes.steps}>
      <li>
        {rich(t, 'importSenders.writeOneEntryARowBlock', {
          code: <code>{t('importSenders.internalAddressExternal')}</code>,
        })}
      </li>
      <li>{t('importSenders.getTheAddressesFromAn')}</li>
      <li>{t('importSenders.chooseTheFileLookAtThe')}</li>
    </ol>
  )
}

function Working({ words }: { readonly words: string }) {
  return (
    <div role="status" className={stack.tight}>
      <span className="small">{words}</span>
      <Progress value={100} animated aria-label={words} size="sm" />
    </div>
  )
}

type UndoProps = {
  readonly shown: SenderImport
  /** The summary names no import any more once it is taken back. */
  readonly onUndone: (undone: SenderImport) => void
}

function UndoLast({ shown, onUndone }: UndoProps) {
  const tenant = useSlug()
  const undo = useAction(undoSenderImport, { readAgain: READ_AGAIN, onDone: onUndone })
  return (
    <ImportOutcome
      shown={shown}
      busy={undo.isPending}
      error={undo.error}
      onUndo={() => undo.mutate({ params: { tenant, senderImport: shown.id } })}
    />
  )
}
