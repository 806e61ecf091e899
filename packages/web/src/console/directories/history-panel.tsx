// Every run with what it changed, newest first; a run opens to its differences (D8).
import { type Connector, listSyncRuns, type SyncRun } from '@gatepost/contract/directory.ts'
import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel, PanelBody, PanelFoot } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { ToneText } from '#shared/status-word.tsx'
import { RelativeTime } from '#shared/time.tsx'
import { RunChanges } from './run-changes.tsx'
import { isRunning, runWords, summaryOf } from './run-words.ts'

const LIMIT = 10

export function HistoryPanel({ connector }: { readonly connector: Connector }) {
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
  const columns = useMemo(() => columnsOf(setOpenId), [])
  const open = data?.items.find(({ id }) => id === openId)
  return (
    <Panel title="History" flush>
      {error && !data && (
        <PanelBody>
          <ProblemNote error={error} />
        </PanelBody>
      )}
      {!data && !error && <SkeletonRows />}
      {data && data.items.length === 0 && (
        <PanelBody>
          <p className="tx2">Each run appears here with what it changed.</p>
        </PanelBody>
      )}
      {data && data.items.length > 0 && (
        <>
          <DataTable
            label={`Runs of ${connector.name}`}
            rows={data.items}
            columns={columns}
            rowKey={({ id }) => id}
            card={(run) => (
              <>
                <State run={run} />
                <span>
                  <RelativeTime at={run.startedAt} />, {triggerOf(run)}
                </span>
                <span className="small tx2">{run.why ?? summaryOf(run)}</span>
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
            <span>
              Changes of the run <RelativeTime at={open.startedAt} />
            </span>
            <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setOpenId(null)}>
              Close
            </Button>
          </PanelFoot>
          <RunChanges key={open.id} run={open} />
        </>
      )}
    </Panel>
  )
}

function columnsOf(open: (id: string) => void): readonly Column<SyncRun>[] {
  return [
    { id: 'state', head: 'State', cell: (run) => <State run={run} /> },
    { id: 'when', head: 'Started', cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
    { id: 'by', head: 'By', cell: triggerOf },
    { id: 'what', head: 'What', cell: (run) => run.why ?? summaryOf(run) },
    {
      id: 'open',
      head: 'Changes',
      headHidden: true,
      align: 'right',
      cell: (run) => <OpenButton run={run} open={open} />,
    },
  ]
}

function OpenButton({ run, open }: { readonly run: SyncRun; readonly open: (id: string) => void }) {
  if (run.planned === 0) return null
  return (
    <Button size="compact-sm" variant="default" onClick={() => open(run.id)}>
      Changes
    </Button>
  )
}

function State({ run: { state, isPreview } }: { readonly run: SyncRun }) {
  const { tone, word } = runWords[state]
  return <ToneText tone={tone}>{isPreview && state !== 'previewed' ? `${word} (preview)` : word}</ToneText>
}

function triggerOf({ trigger, startedBy }: SyncRun): string {
  return trigger === 'schedule' ? 'schedule' : trigger === 'pushed' ? 'agent' : startedBy
}
