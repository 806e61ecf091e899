// The organisations of this installation: how far each Connect is, what is overdue, and adding another.
import type { Environment } from '@gatepost/contract/common.ts'
import { getPortfolio, type PortfolioRow } from '@gatepost/contract/portfolio.ts'
import { Button, Select } from '@mantine/core'
import { IconBuilding } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay } from '#app/session.ts'
import { useEnvironmentWord } from '#connect/step-words.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { date } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SearchField } from '#shared/search-field.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { AddOrganization } from './add-organization.tsx'
import { DomainClaims } from './domain-claims.tsx'

const LIMIT = 50

const stateWordsOf = (t: Words) =>
  [
    { value: 'all', label: t('organizations.all') },
    { value: 'open', label: t('organizations.stepsOpen') },
    { value: 'attention', label: t('organizations.needsAttention') },
    { value: 'done', label: t('organizations.allDone') },
    { value: 'leaving', label: t('organizations.leaving') },
  ] as const
const sortWordsOf = (t: Words) =>
  [
    { value: 'overdue', label: t('organizations.mostOverdue') },
    { value: 'name', label: t('system.name') },
    { value: 'newest', label: t('organizations.newest') },
  ] as const

type State = ReturnType<typeof stateWordsOf>[number]['value']
type Sort = ReturnType<typeof sortWordsOf>[number]['value']

const columnsOf: (
  t: Words,
  environmentWord: (environment: Environment) => string,
) => readonly Column<PortfolioRow>[] = (t, environmentWord) => [
  { id: 'name', head: t('system.organisation'), cell: (row) => <Name row={row} /> },
  { id: 'connect', head: t('organizations.connect'), cell: (row) => <Progress row={row} /> },
  { id: 'next', head: t('organizations.nextStep'), cell: (row) => <Next row={row} /> },
  {
    id: 'environment',
    head: t('system.environment'),
    cell: ({ environment, template }) => (
      <div>
        {environmentWord(environment)}
        {template !== null && <div className="small tx2">{template}</div>}
      </div>
    ),
  },
  { id: 'users', head: t('system.users'), align: 'right', cell: ({ users }) => users },
  {
    id: 'since',
    head: t('organizations.since'),
    cell: ({ createdAt, leavingAt }) =>
      leavingAt === null ? (
        <span className="tx2">{date(createdAt)}</span>
      ) : (
        <ToneText tone="warn">{t('organizations.leaves', { leavingAt: date(leavingAt) })}</ToneText>
      ),
  },
]

export function OrganizationsPage() {
  const t = useWords('system')
  const may = useMay('system:write')
  const [adding, setAdding] = useState(false)
  return (
    <Page
      title={t('organizations.organisations')}
      lead={t('organizations.eachIsAWallNothingOfOneCan')}
      actions={
        may && !adding && <Button onClick={() => setAdding(true)}>{t('system.addOrganisation')}</Button>
      }
    >
      {adding && <AddOrganization onClose={() => setAdding(false)} />}
      <DomainClaims />
      <Portfolio />
    </Page>
  )
}

function Portfolio() {
  const environmentWord = useEnvironmentWord()
  const t = useWords('system')
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
      <Panel
        title={t('organizations.allOrganisations')}
        side={data && t('organizations.count', { count: data.total })}
        flush
      >
        <PanelBody>
          <div className={stack.end}>
            <SearchField
              label={t('organizations.searchOrganisations')}
              placeholder={t('organizations.nameOrDomain')}
              value={search}
              onChange={(text) => {
                setSearch(text)
                pages.reset()
              }}
            />
            <Select
              aria-label={t('organizations.which')}
              allowDeselect={false}
              data={[...stateWordsOf(t)]}
              value={state}
              onChange={(value) => {
                setState((value ?? 'all') as State)
                pages.reset()
              }}
            />
            <Select
              aria-label={t('organizations.order')}
              allowDeselect={false}
              data={[...sortWordsOf(t)]}
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
              label={t('organizations.organisations')}
              rows={data.items}
              columns={columnsOf(t, environmentWord)}
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
              words={[t('organizations.back'), t('organizations.more')]}
            />
          </>
        )}
      </Panel>
    </>
  )
}

function Empty({ filtered }: { readonly filtered: boolean }) {
  const t = useWords('system')
  return filtered ? (
    <EmptyState title={t('organizations.noOrganisationMatches')} icon={IconBuilding}>
      <p>{t('organizations.searchForLessOrChooseAll')}</p>
    </EmptyState>
  ) : (
    <EmptyState title={t('system.noOrganisation')} icon={IconBuilding}>
      <p>{t('organizations.addTheFirstOneANameAndA')}</p>
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
  const t = useWords('system')
  const { required, requiredDone, next } = row
  if (next === null) return <ToneText tone="ok">{t('organizations.allDone')}</ToneText>
  return <span className="num">{t('organizations.ofDone', { requiredDone, required })}</span>
}

function Next({ row }: { readonly row: PortfolioRow }) {
  const t = useWords('system')
  const stepWords = useWords('connect')
  const { next, slug, idleDays } = row
  if (next === null) return <span className="tx2">{t('organizations.none')}</span>
  return (
    <div>
      <Link to="/t/$slug/connect/$step" params={{ slug, step: next.step }}>
        {stepWords(`steps.${next.step}`, next.title)}
      </Link>
      <div className="small">
        {next.needsAttention ? (
          <ToneText tone="warn">{t('organizations.needsAttention')}</ToneText>
        ) : (
          <span className="tx2">
            {idleDays === 0
              ? t('organizations.movedToday')
              : t('organizations.nothingMovedForDays', { count: idleDays })}
          </span>
        )}
      </div>
    </div>
  )
}
