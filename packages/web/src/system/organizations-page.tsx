// The organisations of this installation, and adding another.
import { listTenants, type Tenant } from '@gatepost/contract/tenant.ts'
import { IconBuilding } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay } from '#app/session.ts'
import { environmentWords } from '#connect/step-words.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { date } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { AddOrganization } from './add-organization.tsx'

const LIMIT = 100

const columns: readonly Column<Tenant>[] = [
  { id: 'name', head: 'Name', sortBy: ({ name }) => name, cell: (tenant) => <TenantLink tenant={tenant} /> },
  {
    id: 'domain',
    head: 'Primary domain',
    sortBy: ({ primaryDomain }) => primaryDomain,
    cell: ({ primaryDomain }) => primaryDomain,
  },
  {
    id: 'environment',
    head: 'Environment',
    sortBy: ({ environment }) => environmentWords[environment],
    cell: ({ environment }) => environmentWords[environment],
  },
  {
    id: 'since',
    head: 'Since',
    sortBy: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <span className="tx2">{date(createdAt)}</span>,
  },
]

export function OrganizationsPage() {
  const may = useMay('system:write')
  const pages = usePages()
  const { data, error } = useEndpoint(
    listTenants,
    { query: { limit: LIMIT, after: pages.after } },
    { keepPrevious: true },
  )
  return (
    <Page title="Organisations" lead="Each is a wall: nothing of one can be seen from another.">
      {error && !data && <ProblemNote error={error} />}
      <Panel title="All organisations" flush>
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title="No organisation yet" icon={IconBuilding}>
            <p>Add the first one below.</p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <>
            <DataTable
              label="Organisations"
              rows={data.items}
              columns={columns}
              rowKey={({ id }) => id}
              card={(tenant) => (
                <>
                  <TenantLink tenant={tenant} />
                  <span>{tenant.primaryDomain}</span>
                  <span className="tx2">{environmentWords[tenant.environment]}</span>
                </>
              )}
            />
            <PageFoot
              pages={pages}
              next={data.next}
              shown={data.items.length}
              limit={LIMIT}
              total={data.total}
              words={['Back', 'More']}
            />
          </>
        )}
      </Panel>
      {may && <AddOrganization />}
    </Page>
  )
}

function TenantLink({ tenant }: { readonly tenant: Tenant }) {
  return (
    <Link className="strong" to="/t/$slug" params={{ slug: tenant.slug }}>
      {tenant.name}
    </Link>
  )
}
