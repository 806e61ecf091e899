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
import { useWords } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { bytes, count, dateTime } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { namedCardOf } from './card.tsx'

export function ProofPanel() {
  return (
    <>
      <Verify />
      <Days />
    </>
  )
}

function Verify() {
  const words = useWords('archive')
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
      title={words('verification')}
      actions={
        <Button
          size="compact-sm"
          variant="default"
          loading={verify.isPending || last?.state === 'running'}
          onClick={() => verify.mutate({ params: { tenant } })}
        >
          {words('verifyNow')}
        </Button>
      }
    >
      <div className={stack.stack}>
        {Boolean(error ?? verify.error) && <ProblemNote error={error ?? verify.error} />}
        <p className="small tx2">{words('verifyMeans')}</p>
        {last && <Result check={last} />}
      </div>
    </Panel>
  )
}

function Result({ check }: { readonly check: ArchiveCheck }) {
  const words = useWords('archive')
  const { state, records, contents, octets, faults, finishedAt } = check
  if (state === 'running') return <Note tone="info" title={words('reading')} />
  const when = finishedAt === null ? '' : `, ${dateTime(finishedAt)}`
  if (state === 'passed') {
    return (
      <Note tone="ok" title={words('nothingMissing') + when}>
        {words('readOf', { records: count(records), contents: count(contents), size: bytes(octets) })}
        {faults.map(({ saw }) => ` ${saw}`)}
      </Note>
    )
  }
  return (
    <Note tone="bad" title={words('faults', { count: faults.length }) + when}>
      <ul>
        {faults.slice(0, 20).map(({ kind, seq, id, saw }) => (
          <li key={`${kind} ${seq} ${id}`}>{words('faultAt', { place: seq, saw, kind })}</li>
        ))}
      </ul>
    </Note>
  )
}

function Days() {
  const words = useWords('archive')
  const tenant = useSlug()
  const { data, error } = useEndpoint(reconcileArchive, { params: { tenant }, query: { days: 14 } })
  const columns: readonly Column<ArchiveDay>[] = [
    { id: 'day', head: words('day'), cell: ({ day }) => day },
    number('gateway', words('gatewayHead'), (row) => row.gateway),
    number('journal', words('journalHead'), (row) => row.journal),
    number('both', words('both'), (row) => row.both),
    number('only-gateway', words('neverJournalled'), (row) => row.onlyGateway),
    number('only-journal', words('neverAtGateway'), (row) => row.onlyJournal),
    number('internal', words('internalHead'), (row) => row.internal),
  ]
  return (
    <Panel title={words('against')} side={words('daysUtc')} flush>
      {error && (
        <PanelBody>
          <ProblemNote error={error} />
        </PanelBody>
      )}
      {data?.items.length === 0 && (
        <PanelBody>
          <p className="small tx2">{words('nothingIn14')}</p>
        </PanelBody>
      )}
      {data && data.items.length > 0 && (
        <DataTable
          label={words('days')}
          rows={data.items}
          columns={columns}
          card={namedCardOf(columns)}
          rowKey={({ day }) => day}
        />
      )}
    </Panel>
  )
}

function number(id: string, head: string, of: (row: ArchiveDay) => number): Column<ArchiveDay> {
  return { id, head, align: 'right', cell: (row) => count(of(row)) }
}
