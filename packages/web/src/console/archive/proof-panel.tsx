// Proof: gateway against journal day by day, and the archive read again against its digests.
import {
  type ArchiveCheck,
  type ArchiveDay,
  listArchiveChecks,
  reconcileArchive,
  verifyArchive,
} from '@gatepost/contract/archive-settings.ts'
import { Button } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { bytes, count, dateTime } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { cardOf } from './card.tsx'

export function ProofPanel() {
  return (
    <>
      <Verify />
      <Days />
    </>
  )
}

function Verify() {
  const tenant = useSlug()
  const { data, error } = useEndpoint(
    listArchiveChecks,
    { params: { tenant } },
    { refetchInterval: (last) => (last?.items[0]?.state === 'running' ? 1_000 : false) },
  )
  const verify = useAction(verifyArchive, { readAgain: [listArchiveChecks] })
  const last = data?.items[0]
  return (
    <Panel
      title="Verification"
      actions={
        <Button
          size="compact-sm"
          variant="default"
          loading={verify.isPending || last?.state === 'running'}
          onClick={() => verify.mutate({ params: { tenant } })}
        >
          Verify now
        </Button>
      }
    >
      <div className={stack.stack}>
        {Boolean(error ?? verify.error) && <ProblemNote error={error ?? verify.error} />}
        <p className="small tx2">
          Every record is chained to the one before it, and every content is named by its digest. Verifying
          reads all of it again.
        </p>
        {last && <Result check={last} />}
      </div>
    </Panel>
  )
}

function Result({ check }: { readonly check: ArchiveCheck }) {
  const { state, records, contents, octets, faults, finishedAt } = check
  if (state === 'running') return <Note tone="info" title="Reading everything" />
  const when = finishedAt === null ? '' : `, ${dateTime(finishedAt)}`
  if (state === 'passed') {
    return (
      <Note tone="ok" title={`Nothing is missing or changed${when}`}>
        {count(records)} records and {count(contents)} contents, {bytes(octets)}.
      </Note>
    )
  }
  return (
    <Note tone="bad" title={`${count(faults.length)} faults${when}`}>
      <ul>
        {faults.slice(0, 20).map(({ kind, seq, id, saw }) => (
          <li key={`${kind} ${seq} ${id}`}>
            Record {seq}: {saw} ({kind})
          </li>
        ))}
      </ul>
    </Note>
  )
}

function Days() {
  const tenant = useSlug()
  const { data, error } = useEndpoint(reconcileArchive, { params: { tenant }, query: { days: 14 } })
  const columns: readonly Column<ArchiveDay>[] = [
    { id: 'day', head: 'Day', cell: ({ day }) => day },
    number('gateway', 'Gateway', (row) => row.gateway),
    number('journal', 'Journal', (row) => row.journal),
    number('both', 'Both', (row) => row.both),
    number('only-gateway', 'Never journalled', (row) => row.onlyGateway),
    number('only-journal', 'Never at the gateway', (row) => row.onlyJournal),
    number('internal', 'Internal', (row) => row.internal),
  ]
  return (
    <Panel title="Gateway against journal" side="days of UTC" flush>
      {error && (
        <PanelBody>
          <ProblemNote error={error} />
        </PanelBody>
      )}
      {data?.items.length === 0 && (
        <PanelBody>
          <p className="small tx2">Nothing was archived in the last 14 days.</p>
        </PanelBody>
      )}
      {data && data.items.length > 0 && (
        <DataTable
          label="Days"
          rows={data.items}
          columns={columns}
          card={cardOf(columns)}
          rowKey={({ day }) => day}
        />
      )}
    </Panel>
  )
}

function number(id: string, head: string, of: (row: ArchiveDay) => number): Column<ArchiveDay> {
  return { id, head, align: 'right', cell: (row) => count(of(row)) }
}
