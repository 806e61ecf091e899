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
import { useWords, type Words } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { ToneText } from '#shared/status-word.tsx'
import { isRunning, outcomeTones } from './run-words.ts'

const LIMIT = 25

const columnsOf = (t: Words): readonly Column<SyncChange>[] => [
  { id: 'change', head: t('changes.change'), cell: ({ change }) => t(`change.${change}`) },
  { id: 'who', head: t('brakes.who'), cell: (change) => <Who change={change} /> },
  { id: 'what', head: t('history.what'), cell: (change) => <What change={change} /> },
  { id: 'outcome', head: t('changes.outcome'), cell: (change) => <Outcome change={change} /> },
]

export function RunChanges({ run }: { readonly run: SyncRun }) {
  const t = useWords('directories')
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
          label={t('changes.show')}
          w={220}
          data={[
            { value: '', label: t('changes.all') },
            ...syncChangeKinds.map((value) => ({ value, label: t(`change.${value}`) })),
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
          label={t('changes.label')}
          dense
          rows={data.items}
          columns={columnsOf(t)}
          rowKey={(row) => `${row.change} ${row.externalId}`}
          card={(row) => (
            <>
              <Who change={row} />
              <span className="small tx2">{t(`change.${row.change}`)}</span>
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
          words={[t('changes.before'), t('changes.more')]}
        />
      )}
    </>
  )
}

function Who({ change: { name, email, entryKind } }: { readonly change: SyncChange }) {
  const t = useWords('directories')
  return (
    <span>
      {name || email || t('changes.noName')}
      <br />
      <span className="small tx2">
        {email === null ? t(`entry.${entryKind}`) : <HostText plain>{email}</HostText>}
        {email !== null && entryKind !== 'user' && `, ${t(`entry.${entryKind}`)}`}
      </span>
    </span>
  )
}

function What({ change: { fields, why } }: { readonly change: SyncChange }) {
  const t = useWords('directories')
  if (why !== null) return <span className="small">{why}</span>
  return (
    <span className="small">
      {fields.map(({ field, before, after }) => (
        <span key={field} style={{ display: 'block', overflowWrap: 'anywhere' }}>
          {field}: <span className="tx2">{before || t('changes.none')}</span> → {after || t('changes.none')}
        </span>
      ))}
    </span>
  )
}

function Outcome({ change: { outcome } }: { readonly change: SyncChange }) {
  const t = useWords('directories')
  return <ToneText tone={outcomeTones[outcome]}>{t(`applied.${outcome}`)}</ToneText>
}
