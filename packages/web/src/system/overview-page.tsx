// The operator's dashboard: mail of all organisations that one acts for, and of each.
import { getSystemReport, type SystemReport } from '@gatepost/contract/report.ts'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { OutcomesPanel } from '#console/dashboard/outcomes-panel.tsx'
import { LOOK_MS } from '#console/dashboard/range.ts'
import { RangeChoice } from '#console/dashboard/range-choice.tsx'
import { useWords } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { count } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'

type Row = SystemReport['organizations'][number]
const counted = ['delivered', 'deferred', 'held', 'refused', 'queued', 'bounced'] as const

export function OverviewPage() {
  const words = useWords('dashboard')
  const { range = '24h' } = useSearch({ from: '/console/system/overview' })
  const navigate = useNavigate()
  const { data, error, isPlaceholderData } = useEndpoint(
    getSystemReport,
    { query: { range } },
    { refetchInterval: LOOK_MS[range], keepPrevious: true },
  )
  return (
    <Page
      title={words('overview')}
      lead={words('overviewLead')}
      busy={isPlaceholderData}
      barActions={
        <RangeChoice
          value={range}
          onChange={(chosen) =>
            void navigate({ to: '/system/overview', search: { range: chosen }, replace: true })
          }
        />
      }
    >
      {error && !data && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows />}
      {data && (
        <>
          <OutcomesPanel report={data} />
          <Organizations rows={data.organizations} />
        </>
      )}
    </Page>
  )
}

function Organizations({ rows }: { readonly rows: readonly Row[] }) {
  const words = useWords('dashboard')
  const columns = useMemo<readonly Column<Row>[]>(
    () => [
      {
        id: 'name',
        head: words('organisation'),
        sortBy: ({ name }) => name.toLowerCase(),
        cell: (row) => <TenantLink row={row} />,
      },
      ...counted.map((name) => ({
        id: name,
        head: words(name),
        align: 'right' as const,
        sortBy: (row: Row) => row[name],
        cell: (row: Row) => count(row[name]),
      })),
    ],
    [words],
  )
  return (
    <Panel title={words('organisations')} flush>
      {rows.length === 0 ? (
        <EmptyState title={words('organisations')}>
          <p>{words('organisationsEmpty')}</p>
        </EmptyState>
      ) : (
        <DataTable
          rows={rows}
          columns={columns}
          rowKey={({ slug }) => slug}
          label={words('organisations')}
          card={(row) => (
            <>
              <TenantLink row={row} />
              <span className="small tx2">
                {counted.map((name) => `${words(name)} ${count(row[name])}`).join(' · ')}
              </span>
            </>
          )}
        />
      )}
    </Panel>
  )
}

function TenantLink({ row }: { readonly row: Row }) {
  return (
    <Link to="/t/$slug/dashboard" params={{ slug: row.slug }} className="strong">
      {row.name}
    </Link>
  )
}
