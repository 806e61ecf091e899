// The organisations of this installation: how far each Connect is, what is overdue, and adding another.
import { getPortfolio, type PortfolioRow } from '@gatepost/contract/portfolio.ts'
import { Button, Select } from '@mantine/core'
import { IconBuilding } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay } from '#app/session.ts'
import { environmentWords } from '#connect/step-words.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { date, plural } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SearchField } from '#shared/search-field.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { AddOrganization } from './add-organization.tsx'

const LIMIT = 50

const stateWords = [
  { value: 'all', label: 'All' },
  { value: 'open', label: 'Steps open' },
  { value: 'attention', label: 'Needs attention' },
  { value: 'done', label: 'All done' },
  { value: 'leaving', label: 'Leaving' },
] as const
const sortWords = [
  { value: 'overdue', label: 'Most overdue' },
  { value: 'name', label: 'Name' },
  { value: 'newest', label: 'Newest' },
] as const

type State = (typeof stateWords)[number]['value']
type Sort = (typeof sortWords)[number]['value']

const columns: readonly Column<PortfolioRow>[] = [
  { id: 'name', head: 'Organisation', cell: (row) => <Name row={row} /> },
  { id: 'connect', head: 'Connect', cell: (row) => <Progress row={row} /> },
  { id: 'next', head: 'Next step', cell: (row) => <Next row={row} /> },
  {
    id: 'environment',
    head: 'Environment',
    cell: ({ environment, template }) => (
      <div>
        {environmentWords[environment]}
        {template !== null && <div className="small tx2">{template}</div>}
      </div>
    ),
  },
  { id: 'users', head: 'Users', align: 'right', cell: ({ users }) => users },
  {
    id: 'since',
    head: 'Since',
    cell: ({ createdAt, leavingAt }) =>
      leavingAt === null ? (
        <span className="tx2">{date(createdAt)}</span>
      ) : (
        <ToneText tone="warn">{`leaves ${date(leavingAt)}`}</ToneText>
      ),
  },
]

export function OrganizationsPage() {
  const may = useMay('system:write')
  const [adding, setAdding] = useState(false)
  return (
    <Page
      title="Organisations"
      lead="Each is a wall: nothing of one can be seen from another. The most overdue stand first."
      actions={may && !adding && <Button onClick={() => setAdding(true)}>Add organisation</Button>}
    >
      {adding && <AddOrganization onClose={() => setAdding(false)} />}
      <Portfolio />
    </Page>
  )
}

function Portfolio() {
  const [search, setSearch] = useState('')
  const [state, setState] = useState<State>('all')
  const [sort, setSort] = useState<Sort>('overdue')
  const pages = usePages()
  const filtered = search !== '' || state !== 'all'
  const { data, error } = useEndpoint(
    getPortfolio,
    { query: { limit: LIMIT, after: pages.after, search, state, sort } },
    { keepPrevious: true, refetchInterval: 15_000 },
  )
  return (
    <>
      {error && !data && <ProblemNote error={error} />}
      <Panel title="All organisations" side={data && plural(data.total, 'organisation')} flush>
        <PanelBody>
          <div className={stack.end}>
            <SearchField
              label="Search organisations"
              placeholder="Name or domain"
              value={search}
              onChange={(text) => {
                setSearch(text)
                pages.reset()
              }}
            />
            <Select
              aria-label="Which"
              allowDeselect={false}
              data={[...stateWords]}
              value={state}
              onChange={(value) => {
                setState((value ?? 'all') as State)
                pages.reset()
              }}
            />
            <Select
              aria-label="Order"
              allowDeselect={false}
              data={[...sortWords]}
              value={sort}
              onChange={(value) => {
                setSort((value ?? 'overdue') as Sort)
                pages.reset()
              }}
            />
          </div>
        </PanelBody>
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && <Empty filtered={filtered} />}
        {data && data.items.length > 0 && (
          <>
            <DataTable
              label="Organisations"
              rows={data.items}
              columns={columns}
              rowKey={({ id }) => id}
              card={(row) => (
                <>
                  <Name row={row} />
                  <Progress row={row} />
                  <Next row={row} />
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
    </>
  )
}

function Empty({ filtered }: { readonly filtered: boolean }) {
  return filtered ? (
    <EmptyState title="No organisation matches" icon={IconBuilding}>
      <p>Search for less, or choose “All”.</p>
    </EmptyState>
  ) : (
    <EmptyState title="No organisation yet" icon={IconBuilding}>
      <p>Add the first one: a name and a domain are enough.</p>
    </EmptyState>
  )
}

function Name({ row }: { readonly row: PortfolioRow }) {
  return (
    <div>
      <Link className="strong" to="/t/$slug" params={{ slug: row.slug }}>
        {row.name}
      </Link>
      <div className="small tx2">{row.primaryDomain}</div>
    </div>
  )
}

function Progress({ row }: { readonly row: PortfolioRow }) {
  const { required, requiredDone, next } = row
  if (next === null) return <ToneText tone="ok">All done</ToneText>
  return (
    <span className="num">
      {requiredDone} of {required} done
    </span>
  )
}

function Next({ row }: { readonly row: PortfolioRow }) {
  const { next, slug, idleDays } = row
  if (next === null) return <span className="tx2">None</span>
  return (
    <div>
      <Link to="/t/$slug/connect/$step" params={{ slug, step: next.step }}>
        {next.title}
      </Link>
      <div className="small">
        {next.needsAttention ? (
          <ToneText tone="warn">Needs attention</ToneText>
        ) : (
          <span className="tx2">
            {idleDays === 0 ? 'moved today' : `nothing moved for ${plural(idleDays, 'day')}`}
          </span>
        )}
      </div>
    </div>
  )
}
