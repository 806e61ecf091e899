// Every run with what it changed, newest first; a run opens to its differences (D8).

import { type Connector, listSyncRuns, type SyncRun } from '@gatepost/contract/directory.ts'
import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { ToneText } from '#shared/status-word.tsx'
import { RelativeTime } from '#shared/time.tsx'
import { RunChanges } from './run-changes.tsx'
import { isRunning, runTones, summaryOf } from './run-words.ts'

const LIMIT = 10

export function HistoryPanel({ connector }: { readonly connector: Connector }) {
  const t = useWords('directories')
  const tenant = useSlug()
  const pages = usePages()
  const [openId, setOpenId] = useState<string | null>(null)
  const { data, error } = useEndpoint(
    listSyncRuns,
    {
      params: { tenant, connector: connector.id },
      query: { limit: LIMIT, ...(pages.after ? { after: pages.after } : {}) },
    },
    { keepPrevious: true, refetchInterval: isRunning(connector.lastRun) ? 2_000 : 15_000 },
  )
  const columns = useMemo(() => columnsOf(setOpenId, t), [t])
  const open = data?.items.find(({ id }) => id === openId)
  return (
    <Panel title={t('history.title')} flush>
      {error && !data && (
        <PanelBody>
          <ProblemNote error={error} />
        </PanelBody>
      )}
      {!data && !error && <SkeletonRows />}
      {data && data.items.length === 0 && (
        <PanelBody>
          <p className="tx2">{t('history.none')}</p>
        </PanelBody>
      )}
      {data && data.items.length > 0 && (
        <>
          <DataTable
            label={t('history.runs', { name: connector.name })}
            rows={data.items}
            columns={columns}
            rowKey={({ id }) => id}
            card={(run) => (
              <>
                <State run={run} />
                <span>
                  <RelativeTime at={run.startedAt} />, {triggerOf(run, t)}
                </span>
                <span className="small tx2">{run.why ?? summaryOf(run, t)}</span>
                <OpenButton run={run} open={setOpenId} />
              </>
            )}
          />
          <PageFoot pages={pages} next={data.next} shown={data.items.length} limit={LIMIT} total={null} />
        </>
      )}
      {open && (
        <>
          <PanelFoot>
            <span>{rich(t, 'history.changesOf', { time: <RelativeTime at={open.startedAt} /> })}</span>
            <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setOpenId(null)}>
              {t('history.close')}
            </Button>
          </PanelFoot>
          <RunChanges key={open.id} run={open} />
        </>
      )}
    </Panel>
  )
}

function columnsOf(open: (id: string) => void, t: Words): readonly Column<SyncRun>[] {
  return [
    { id: 'state', head: t('state'), cell: (run) => <State run={run} /> },
    { id: 'when', head: t('history.started'), cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
    { id: 'by', head: t('history.by'), cell: (run) => triggerOf(run, t) },
    { id: 'what', head: t('history.what'), cell: (run) => run.why ?? summaryOf(run, t) },
    {
      id: 'open',
      head: t('history.changes'),
      headHidden: true,
      align: 'right',
      cell: (run) => <OpenButton run={run} open={open} />,
    },
  ]
}

function OpenButton({ run, open }: { readonly run: SyncRun; readonly open: (id: string) => void }) {
  const t = useWords('directories')
  if (run.planned === 0) return null
  return (
    <Button size="compact-sm" variant="default" onClick={() => open(run.id)}>
      {t('history.changes')}
    </Button>
  )
}

function State({ run: { state, isPreview } }: { readonly run: SyncRun }) {
  const t = useWords('directories')
  const word = t(`run.${state}`)
  return (
    <ToneText tone={runTones[state]}>
      {isPreview && state !== 'previewed' ? t('history.isPreview', { word }) : word}
    </ToneText>
  )
}

function triggerOf({ trigger, startedBy }: SyncRun, t: Words): string {
  return trigger === 'schedule'
    ? t('history.schedule')
    : trigger === 'pushed'
      ? t('history.agent')
      : startedBy
}
