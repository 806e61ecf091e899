// All directory connectors: state, last and next run, and what stops removals.

import { type Connector, listConnectors } from '@gatepost/contract/directory.ts'
import { Button } from '@mantine/core'
import { IconAddressBook } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import { ConsentNote } from './consent-note.tsx'
import { formOf } from './kinds.ts'
import { isRunning, progressOf, runTones, stateTones, summaryOf } from './run-words.ts'

const columnsOf = (t: Words): readonly Column<Connector>[] => [
  {
    id: 'name',
    head: t('list.directory'),
    cell: (connector) => <Name connector={connector} />,
    sortBy: ({ name }) => name,
  },
  { id: 'state', head: t('state'), cell: (connector) => <State connector={connector} /> },
  {
    id: 'entries',
    head: t('list.entries'),
    align: 'right',
    cell: ({ entries }) => entries,
    sortBy: ({ entries }) => entries,
  },
  { id: 'last', head: t('list.last'), cell: (connector) => <LastRun connector={connector} /> },
  { id: 'next', head: t('list.next'), cell: (connector) => <NextRun connector={connector} /> },
]

export function DirectoriesPage() {
  const t = useWords('directories')
  const tenant = useSlug()
  const may = useMay('directories:write')
  const { data, error } = useEndpoint(
    listConnectors,
    { params: { tenant } },
    { refetchInterval: (last) => (last?.items.some(({ lastRun }) => isRunning(lastRun)) ? 1_000 : 10_000) },
  )
  const add = may && (
    <Link to="/t/$slug/directories/new" params={{ slug: tenant }}>
      <Button component="span">{t('list.add')}</Button>
    </Link>
  )
  return (
    <Page title={t('title')} lead={t('list.lead')} actions={data && data.items.length > 0 && add}>
      <div className={stack.stack}>
        <ConsentNote />
        {data?.removalsStopped && (
          <Note tone="warn" title={t('list.stopped')}>
            <p>{data.removalsStopped}</p>
          </Note>
        )}
        {error && !data && <ProblemNote error={error} />}
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title={t('list.none')} icon={IconAddressBook} action={add}>
            <p>{t('list.noneMeans')}</p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <Panel title={t('list.connectors')} flush>
            <DataTable
              label={t('title')}
              rows={data.items}
              columns={columnsOf(t)}
              rowKey={({ id }) => id}
              card={(connector) => (
                <>
                  <Name connector={connector} />
                  <State connector={connector} />
                  <span className="small tx2">
                    {t('entries', { count: connector.entries })} · <LastRun connector={connector} />
                  </span>
                </>
              )}
            />
          </Panel>
        )}
      </div>
    </Page>
  )
}

function Name({ connector: { id, name, kind } }: { readonly connector: Connector }) {
  const t = useWords('directories')
  const slug = useSlug()
  return (
    <span>
      <Link to="/t/$slug/directories/$connector" params={{ slug, connector: id }}>
        {name}
      </Link>
      <br />
      <span className="small tx2">{formOf(kind) ? t(`kind.${kind}.label`) : kind}</span>
    </span>
  )
}

function State({ connector: { state, trouble } }: { readonly connector: Connector }) {
  const t = useWords('directories')

  return (
    <span>
      <ToneText tone={stateTones[state]}>{t(`connectorState.${state}`)}</ToneText>{' '}
      {trouble && <span className="small tx2"> {trouble.saw}</span>}
    </span>
  )
}

function LastRun({ connector: { lastRun } }: { readonly connector: Connector }) {
  const t = useWords('directories')
  if (lastRun === null) return <span className="tx2">{t('none')}</span>
  if (isRunning(lastRun)) return <ToneText tone="info">{progressOf(lastRun, t)}</ToneText>

  return (
    <span>
      <ToneText tone={runTones[lastRun.state]}>{t(`run.${lastRun.state}`)}</ToneText>{' '}
      <RelativeTime at={lastRun.startedAt} />
      <br />
      <span className="small tx2">{summaryOf(lastRun, t)}</span>
    </span>
  )
}

function NextRun({ connector: { nextRunAt } }: { readonly connector: Connector }) {
  return nextRunAt === null ? <span className="tx2">–</span> : <FullTime at={nextRunAt} />
}
