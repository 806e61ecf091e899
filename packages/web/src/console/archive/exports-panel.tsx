// Exports of the archive with their progress; a file is kept for a week.
import { type ArchiveExport, cancelArchiveExport, listArchiveExports } from '@gatepost/contract/archive.ts'
import { Button, Progress } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { bytes, count, dateTime } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { RelativeTime } from '#shared/time.tsx'
import { cardOf } from './card.tsx'

const isOpen = ({ state }: ArchiveExport): boolean => state === 'waiting' || state === 'running'

export function ExportsPanel() {
  const words = useWords('archive')
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
    { id: 'what', head: words('export'), cell: (row) => <What row={row} /> },
    { id: 'state', head: words('progress'), cell: (row) => <State row={row} tenant={tenant} /> },
    { id: 'at', head: words('asked'), cell: (row) => <RelativeTime at={row.createdAt} /> },
    {
      id: 'end',
      head: '',
      align: 'right',
      cell: (row) => (
        <Button
          size="compact-sm"
          variant="subtle"
          aria-label={words('removeExport', { time: dateTime(row.createdAt) })}
          onClick={() => remove.mutate({ params: { tenant, archiveExport: row.id } })}
        >
          {words(isOpen(row) ? 'stop' : 'remove')}
        </Button>
      ),
    },
  ]
  return (
    <Panel title={words('exports')} flush>
      {remove.error && <ProblemNote error={remove.error} />}
      <DataTable
        label={words('exports')}
        rows={data.items}
        columns={columns}
        card={cardOf(columns)}
        rowKey={({ id }) => id}
      />
    </Panel>
  )
}

function What({ row }: { readonly row: ArchiveExport }) {
  const words = useWords('archive')
  const asked = Object.values(row.query).filter((value) => typeof value === 'string')
  return (
    <span>
      {row.format === 'zip' ? words('zipOfEml') : 'mbox'}
      {asked.length > 0 && <span className="small tx2"> · {asked.join(', ')}</span>}
    </span>
  )
}

function State({ row, tenant }: { readonly row: ArchiveExport; readonly tenant: string }) {
  const words = useWords('archive')
  if (row.state === 'failed') return <span className="small">{words('failed', { why: row.error })}</span>
  if (row.state === 'done') {
    return (
      <span>
        <a
          href={`/v1/tenants/${tenant}/archive/exports/${row.id}/file`}
          download={`archive-${row.createdAt}.${row.format}`}
        >
          {words('download')}
        </a>
        <span className="small tx2">
          {' '}
          {words('messagesOf', { count: row.done })}, {bytes(row.bytes)}
          {row.leftOut > 0 && `, ${words('leftOut', { number: count(row.leftOut) })}`}
          {row.error !== null && `. ${row.error}`}
        </span>
      </span>
    )
  }
  const share = row.total === 0 ? 0 : Math.round((row.done / row.total) * 100)
  return (
    <span>
      <Progress value={share} aria-label={words('share', { share })} />
      <span className="small tx2">{words('doneOf', { done: count(row.done), total: count(row.total) })}</span>
    </span>
  )
}
