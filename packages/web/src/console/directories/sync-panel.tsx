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
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { AlertChannelLink } from '#shared/alert-channel-link.tsx'
import { count } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import { RunChanges } from './run-changes.tsx'
import { isRunning, progressOf, runTones, summaryOf } from './run-words.ts'

const readAgain = [getConnector, listConnectors, listSyncRuns, listSyncChanges, getConnect]

export function SyncPanel({ connector }: { readonly connector: Connector }) {
  const t = useWords('directories')
  const run = connector.lastRun
  return (
    <Panel title={t('sync.title')} side={<NextRun connector={connector} />} flush>
      <PanelBody>
        <div className={stack.stack}>
          <Says connector={connector} />
          <Actions connector={connector} />
          <AlertChannelLink what={t('sync.fails')} />
        </div>
      </PanelBody>
      {run?.state === 'previewed' && <Preview connector={connector} run={run} />}
    </Panel>
  )
}

function NextRun({ connector: { nextRunAt, state } }: { readonly connector: Connector }) {
  const t = useWords('directories')
  if (state === 'new') return <>{t('sync.first')}</>
  if (nextRunAt === null) return <>{t('sync.noTime')}</>
  return <>{rich(t, 'sync.next', { time: <FullTime at={nextRunAt} /> })}</>
}

function Says({ connector }: { readonly connector: Connector }) {
  const t = useWords('directories')
  const { lastRun: run, trouble } = connector
  if (run !== null && isRunning(run)) return <Running run={run} />
  if (trouble !== null)
    return (
      <Note tone="bad" title={trouble.saw} role="status">
        <p>{trouble.remedy}</p>
        <p className="small tx2">{rich(t, 'sync.trouble', { time: <RelativeTime at={trouble.since} /> })}</p>
      </Note>
    )
  if (run === null)
    return (
      <Note tone="info" title={t('sync.nothing')}>
        <p>{t('sync.nothingMeans')}</p>
      </Note>
    )
  if (run.state === 'previewed') return null

  return (
    <Note
      tone={runTones[run.state]}
      title={`${t(`run.${run.state}`)}: ${run.why ?? summaryOf(run, t)}`}
      role="status"
    >
      {run.remedy && <p>{run.remedy}</p>}
      {run.notListed.map((line) => (
        <p key={line}>{line}</p>
      ))}
      <p className="small tx2">
        <RelativeTime at={run.finishedAt ?? run.startedAt} />, {t('sum.read', { count: run.read })}.
      </p>
    </Note>
  )
}

function Running({ run }: { readonly run: SyncRun }) {
  const t = useWords('directories')
  const of = run.state === 'applying' ? run.planned : (run.total ?? 0)
  const done = run.state === 'applying' ? run.applied + run.skipped : run.read
  return (
    <div className={stack.tight}>
      <span role="status">
        <ToneText tone="info">{t(`run.${run.state}`)}</ToneText> · {progressOf(run, t)}
      </span>
      <Progress
        value={of === 0 ? 100 : (done / of) * 100}
        animated={of === 0}
        aria-label={t('sync.progress')}
      />
    </div>
  )
}

function Actions({ connector }: { readonly connector: Connector }) {
  const t = useWords('directories')
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
          {t('sync.cancel')}
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
            {t('sync.now')}
          </Button>
        )}
        <Button
          variant={state === 'new' && run?.state !== 'previewed' ? 'filled' : 'default'}
          loading={sync.isPending}
          onClick={() => sync.mutate({ params, body: { preview: true } })}
        >
          {run?.state === 'previewed' ? t('sync.previewAgain') : t('sync.preview')}
        </Button>
      </div>
      {sync.error && <ProblemNote error={sync.error} />}
    </>
  )
}

function Preview({ connector, run }: { readonly connector: Connector; readonly run: SyncRun }) {
  const t = useWords('directories')
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
          {rich(t, 'sync.previewOf', { time: <RelativeTime at={run.finishedAt ?? run.startedAt} /> })}{' '}
          {t('sum.read', { count: run.read })}, {summaryOf(run, t)}
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
            <Note tone="info" title={t('sync.notListed')}>
              {run.notListed.map((line) => (
                <p key={line}>{line}</p>
              ))}
            </Note>
          )}
          {run.needsYes && may && (
            <TextInput
              label={t('sync.type', { number: count(gone) })}
              description={t('sync.typeMeans')}
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
                {t('sync.carryOut')}
              </Button>
              <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ params })}>
                {t('sync.forget')}
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
