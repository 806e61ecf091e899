// What a run changes, entry by entry, filtered and paged (D8).
import {
  listSyncChanges,
  type SyncChange,
  type SyncRun,
  syncChangeKinds,
} from '@gatepost/contract/directory.ts'
import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { ToneText } from '#shared/status-word.tsx'
import { changeWords, isRunning, outcomeWords } from './run-words.ts'

const LIMIT = 25

const kindWords: { readonly [Kind in SyncChange['entryKind']]: string } = {
  user: 'user',
  'shared-mailbox': 'shared mailbox',
  resource: 'room or equipment',
  contact: 'contact',
  'public-folder': 'public folder',
  group: 'group',
}

const columns: readonly Column<SyncChange>[] = [
  { id: 'change', head: 'Change', cell: ({ change }) => changeWords[change] },
  { id: 'who', head: 'Who', cell: (change) => <Who change={change} /> },
  { id: 'what', head: 'What', cell: (change) => <What change={change} /> },
  { id: 'outcome', head: 'Outcome', cell: (change) => <Outcome change={change} /> },
]

export function RunChanges({ run }: { readonly run: SyncRun }) {
  const tenant = useSlug()
  const [change, setChange] = useState<SyncChange['change'] | ''>('')
  const pages = usePages()
  const query = {
    limit: LIMIT,
    ...(pages.after ? { after: pages.after } : {}),
    ...(change === '' ? {} : { change }),
  }
  const { data, error } = useEndpoint(
    listSyncChanges,
    { params: { tenant, connector: run.connectorId, run: run.id }, query },
    { keepPrevious: true, refetchInterval: isRunning(run) ? 2_000 : false },
  )
  const pick = (value: string) => {
    setChange(value as SyncChange['change'] | '')
    pages.reset()
  }
  return (
    <>
      <PanelBody>
        <NativeSelect
          label="Show"
          w={220}
          data={[
            { value: '', label: 'All changes' },
            ...syncChangeKinds.map((value) => ({ value, label: changeWords[value] })),
          ]}
          value={change}
          onChange={({ currentTarget }) => pick(currentTarget.value)}
        />
      </PanelBody>
      {error && !data && (
        <PanelBody>
          <ProblemNote error={error} />
        </PanelBody>
      )}
      {!data && !error && <SkeletonRows />}
      {data && data.items.length > 0 && (
        <DataTable
          label="Changes of this run"
          dense
          rows={data.items}
          columns={columns}
          rowKey={(row) => `${row.change} ${row.externalId}`}
          card={(row) => (
            <>
              <Who change={row} />
              <span className="small tx2">{changeWords[row.change]}</span>
              <What change={row} />
              <Outcome change={row} />
            </>
          )}
        />
      )}
      {data && (
        <PageFoot
          pages={pages}
          next={data.next}
          shown={data.items.length}
          limit={LIMIT}
          total={null}
          words={['Before', 'More']}
        />
      )}
    </>
  )
}

function Who({ change: { name, email, entryKind } }: { readonly change: SyncChange }) {
  return (
    <span>
      {name || email || 'without a name'}
      <br />
      <span className="small tx2">
        {email === null ? kindWords[entryKind] : <HostText plain>{email}</HostText>}
        {email !== null && entryKind !== 'user' && `, ${kindWords[entryKind]}`}
      </span>
    </span>
  )
}

function What({ change: { fields, why } }: { readonly change: SyncChange }) {
  if (why !== null) return <span className="small">{why}</span>
  return (
    <span className="small">
      {fields.map(({ field, before, after }) => (
        <span key={field} style={{ display: 'block', overflowWrap: 'anywhere' }}>
          {field}: <span className="tx2">{before || 'none'}</span> → {after || 'none'}
        </span>
      ))}
    </span>
  )
}

function Outcome({ change: { outcome } }: { readonly change: SyncChange }) {
  const { tone, word } = outcomeWords[outcome]
  return <ToneText tone={tone}>{word}</ToneText>
}
