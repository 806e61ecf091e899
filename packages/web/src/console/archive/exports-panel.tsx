// Exports of the archive with their progress; a file is kept for a week.
import { type ArchiveExport, cancelArchiveExport, listArchiveExports } from '@gatepost/contract/archive.ts'
import { Button, Progress } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { bytes, count, plural } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { RelativeTime } from '#shared/time.tsx'
import { cardOf } from './card.tsx'

const isOpen = ({ state }: ArchiveExport): boolean => state === 'waiting' || state === 'running'

export function ExportsPanel() {
  const tenant = useSlug()
  const { data, error } = useEndpoint(
    listArchiveExports,
    { params: { tenant } },
    { refetchInterval: (last) => (last?.items.some(isOpen) ? 1_000 : 15_000) },
  )
  const remove = useAction(cancelArchiveExport, { readAgain: [listArchiveExports] })
  if (error) return <ProblemNote error={error} />
  if (!data || data.items.length === 0) return null
  const columns: readonly Column<ArchiveExport>[] = [
    { id: 'what', head: 'Export', cell: (row) => <What row={row} /> },
    { id: 'state', head: 'Progress', cell: (row) => <State row={row} tenant={tenant} /> },
    { id: 'at', head: 'Asked', cell: (row) => <RelativeTime at={row.createdAt} /> },
    {
      id: 'end',
      head: '',
      align: 'right',
      cell: (row) => (
        <Button
          size="compact-sm"
          variant="subtle"
          aria-label={`Remove the export of ${new Date(row.createdAt).toISOString()}`}
          onClick={() => remove.mutate({ params: { tenant, archiveExport: row.id } })}
        >
          {isOpen(row) ? 'Stop' : 'Remove'}
        </Button>
      ),
    },
  ]
  return (
    <Panel title="Exports" flush>
      {remove.error && <ProblemNote error={remove.error} />}
      <DataTable
        label="Exports"
        rows={data.items}
        columns={columns}
        card={cardOf(columns)}
        rowKey={({ id }) => id}
      />
    </Panel>
  )
}

function What({ row }: { readonly row: ArchiveExport }) {
  const words = Object.values(row.query).filter((value) => typeof value === 'string')
  return (
    <span>
      {row.format === 'zip' ? 'Zip of EML files' : 'mbox'}
      {words.length > 0 && <span className="small tx2"> · {words.join(', ')}</span>}
    </span>
  )
}

function State({ row, tenant }: { readonly row: ArchiveExport; readonly tenant: string }) {
  if (row.state === 'failed') return <span className="small">Failed: {row.error}</span>
  if (row.state === 'done') {
    return (
      <span>
        <a
          href={`/v1/tenants/${tenant}/archive/exports/${row.id}/file`}
          download={`archive-${row.createdAt}.${row.format}`}
        >
          Download
        </a>
        <span className="small tx2">
          {' '}
          {plural(row.done, 'message')}, {bytes(row.bytes)}
          {row.leftOut > 0 && `, ${count(row.leftOut)} left out`}
        </span>
      </span>
    )
  }
  const share = row.total === 0 ? 0 : Math.round((row.done / row.total) * 100)
  return (
    <span>
      <Progress value={share} aria-label={`${share} % done`} />
      <span className="small tx2">
        {count(row.done)} of {count(row.total)}
      </span>
    </span>
  )
}
