// What each organisation used in a month: messages, users, storage; as a table and as CSV.
import { getUsage, type UsageRow } from '@gatepost/contract/portfolio.ts'
import { Select } from '@mantine/core'
import { IconChartBar } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { bytes, count } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'

const number = (
  id: keyof UsageRow & string,
  head: string,
  show: (value: number) => string,
): Column<UsageRow> => ({
  id,
  head,
  align: 'right',
  sortBy: (row) => Number(row[id]),
  cell: (row) => <span className="num">{show(Number(row[id]))}</span>,
})

const columns: readonly Column<UsageRow>[] = [
  { id: 'name', head: 'Organisation', sortBy: ({ name }) => name, cell: (row) => <Name row={row} /> },
  number('inbound', 'Received', count),
  number('outbound', 'Sent', count),
  number('refused', 'Refused', count),
  number('octets', 'Passed through', bytes),
  number('users', 'Users', count),
  number('stored', 'Archive', bytes),
]

export function UsagePage() {
  const [month, setMonth] = useState<string | null>(null)
  const query = month === null ? {} : { month }
  const { data, error } = useEndpoint(getUsage, { query }, { keepPrevious: true })
  return (
    <Page
      title="Usage"
      lead="Messages, users and storage of each organisation by month, counted every hour and kept."
    >
      {error && !data && <ProblemNote error={error} />}
      <Panel
        title={data?.month ?? 'This month'}
        side={
          data?.countedAt ? (
            <span className="small tx3">
              Counted <RelativeTime at={data.countedAt} />
            </span>
          ) : undefined
        }
        actions={
          data && (
            <div className={stack.row}>
              <Select
                aria-label="Month"
                allowDeselect={false}
                data={data.months}
                value={data.month}
                onChange={setMonth}
                w={130}
              />
              <a href={`/v1/system/usage.csv?month=${data.month}`} download>
                Download CSV
              </a>
            </div>
          )
        }
        flush
      >
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title="No organisation yet" icon={IconChartBar}>
            <p>Figures appear here within the hour after the first organisation is added.</p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <DataTable
            label="Usage by organisation"
            rows={data.items}
            columns={columns}
            rowKey={({ tenant }) => tenant}
            card={(row) => (
              <>
                <Name row={row} />
                <span>
                  {count(row.inbound)} received, {count(row.outbound)} sent, {count(row.users)} users
                </span>
              </>
            )}
          />
        )}
      </Panel>
    </Page>
  )
}

function Name({ row }: { readonly row: UsageRow }) {
  return (
    <Link className="strong" to="/t/$slug" params={{ slug: row.slug }}>
      {row.name}
    </Link>
  )
}
