// Synchronising: preview, a yes to it, sync now, progress, cancel, and what the last run said (D8).

import { getConnect } from '@gatepost/contract/connect.ts'
import {
  acceptSyncRun,
  type Connector,
  cancelSyncRun,
  getConnector,
  listConnectors,
  listSyncChanges,
  listSyncRuns,
  type SyncRun,
  syncConnector,
} from '@gatepost/contract/directory.ts'
import { Button, Progress, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { AlertChannelLink } from '#shared/alert-channel-link.tsx'
import { count, plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import { RunChanges } from './run-changes.tsx'
import { isRunning, progressOf, runWords, summaryOf } from './run-words.ts'

const readAgain = [getConnector, listConnectors, listSyncRuns, listSyncChanges, getConnect]

export function SyncPanel({ connector }: { readonly connector: Connector }) {
  const run = connector.lastRun
  return (
    <Panel title="Synchronisation" side={<NextRun connector={connector} />} flush>
      <PanelBody>
        <div className={stack.stack}>
          <Says connector={connector} />
          <Actions connector={connector} />
          <AlertChannelLink what="A synchronisation that fails" />
        </div>
      </PanelBody>
      {run?.state === 'previewed' && <Preview connector={connector} run={run} />}
    </Panel>
  )
}

function NextRun({ connector: { nextRunAt, state } }: { readonly connector: Connector }) {
  if (state === 'new') return <>preview first</>
  if (nextRunAt === null) return <>no time is set</>
  return (
    <>
      next <FullTime at={nextRunAt} />
    </>
  )
}

function Says({ connector }: { readonly connector: Connector }) {
  const { lastRun: run, trouble } = connector
  if (run !== null && isRunning(run)) return <Running run={run} />
  if (trouble !== null)
    return (
      <Note tone="bad" title={trouble.saw} role="status">
        <p>{trouble.remedy}</p>
        <p className="small tx2">
          Since <RelativeTime at={trouble.since} />. People stay as they are, and nothing is removed in the
          whole organisation.
        </p>
      </Note>
    )
  if (run === null)
    return (
      <Note tone="info" title="Nothing was read yet">
        <p>A preview reads the directory and shows every change. Nobody is added before you say yes.</p>
      </Note>
    )
  if (run.state === 'previewed') return null
  const { tone } = runWords[run.state]
  return (
    <Note tone={tone} title={`${runWords[run.state].word}: ${run.why ?? summaryOf(run)}`} role="status">
      {run.remedy && <p>{run.remedy}</p>}
      {run.notListed.map((line) => (
        <p key={line}>{line}</p>
      ))}
      <p className="small tx2">
        <RelativeTime at={run.finishedAt ?? run.startedAt} />, {plural(run.read, 'entry', 'entries')} read.
      </p>
    </Note>
  )
}

function Running({ run }: { readonly run: SyncRun }) {
  const of = run.state === 'applying' ? run.planned : (run.total ?? 0)
  const done = run.state === 'applying' ? run.applied + run.skipped : run.read
  return (
    <div className={stack.tight}>
      <span role="status">
        <ToneText tone="info">{runWords[run.state].word}</ToneText> · {progressOf(run)}
      </span>
      <Progress
        value={of === 0 ? 100 : (done / of) * 100}
        animated={of === 0}
        aria-label="Progress of the run"
      />
    </div>
  )
}

function Actions({ connector }: { readonly connector: Connector }) {
  const tenant = useSlug()
  const may = useMay('directories:write')
  const sync = useAction(syncConnector, { readAgain })
  const cancel = useAction(cancelSyncRun, { readAgain })
  if (!may) return null
  const { lastRun: run, state } = connector
  const params = { tenant, connector: connector.id }
  if (run !== null && isRunning(run))
    return (
      <div className={stack.row}>
        <Button
          variant="default"
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ params: { ...params, run: run.id } })}
        >
          Cancel this run
        </Button>
        {cancel.error && <ProblemNote error={cancel.error} />}
      </div>
    )
  return (
    <>
      <div className={stack.row}>
        {state !== 'new' && (
          <Button
            loading={sync.isPending}
            disabled={state === 'disabled'}
            onClick={() => sync.mutate({ params, body: { preview: false } })}
          >
            Synchronise now
          </Button>
        )}
        <Button
          variant={state === 'new' && run?.state !== 'previewed' ? 'filled' : 'default'}
          loading={sync.isPending}
          onClick={() => sync.mutate({ params, body: { preview: true } })}
        >
          {run?.state === 'previewed' ? 'Preview again' : 'Preview the changes'}
        </Button>
      </div>
      {sync.error && <ProblemNote error={sync.error} />}
    </>
  )
}

function Preview({ connector, run }: { readonly connector: Connector; readonly run: SyncRun }) {
  const tenant = useSlug()
  const may = useMay('directories:write')
  const accept = useAction(acceptSyncRun, { readAgain })
  const cancel = useAction(cancelSyncRun, { readAgain })
  const [typed, setTyped] = useState('')
  const gone = run.leaving + run.removals
  const params = { tenant, connector: connector.id, run: run.id }
  const agreed = !run.needsYes || Number(typed) === gone
  return (
    <>
      <PanelFoot>
        <span role="status">
          Preview <RelativeTime at={run.finishedAt ?? run.startedAt} />:{' '}
          {plural(run.read, 'entry', 'entries')} read, {summaryOf(run)}
        </span>
      </PanelFoot>
      <PanelBody>
        <div className={stack.stack}>
          {run.why && (
            <Note tone="warn" title={run.why}>
              <p>{run.remedy}</p>
            </Note>
          )}
          {run.notListed.length > 0 && (
            <Note tone="info" title="What this directory does not list">
              {run.notListed.map((line) => (
                <p key={line}>{line}</p>
              ))}
            </Note>
          )}
          {run.needsYes && may && (
            <TextInput
              label={`Type ${count(gone)} to agree`}
              description="That many entries leave or are removed"
              inputMode="numeric"
              w={220}
              value={typed}
              onChange={({ currentTarget }) => setTyped(currentTarget.value)}
            />
          )}
          {may && (
            <div className={stack.row}>
              <Button
                disabled={!agreed}
                loading={accept.isPending}
                onClick={() => accept.mutate({ params, body: run.needsYes ? { removals: gone } : {} })}
              >
                Carry these changes out
              </Button>
              <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ params })}>
                Forget the preview
              </Button>
            </div>
          )}
          {Boolean(accept.error ?? cancel.error) && <ProblemNote error={accept.error ?? cancel.error} />}
        </div>
      </PanelBody>
      {run.planned > 0 && <RunChanges run={run} />}
    </>
  )
}
