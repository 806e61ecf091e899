// All directory connectors: state, last and next run, and what stops removals.
import { type Connector, listConnectors } from '@gatepost/contract/directory.ts'
import { Button } from '@mantine/core'
import { IconAddressBook } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import { ConsentNote } from './consent-note.tsx'
import { formOf } from './kinds.ts'
import { isRunning, progressOf, runWords, stateWords, summaryOf } from './run-words.ts'

const columns: readonly Column<Connector>[] = [
  {
    id: 'name',
    head: 'Directory',
    cell: (connector) => <Name connector={connector} />,
    sortBy: ({ name }) => name,
  },
  { id: 'state', head: 'State', cell: (connector) => <State connector={connector} /> },
  {
    id: 'entries',
    head: 'Entries',
    align: 'right',
    cell: ({ entries }) => entries,
    sortBy: ({ entries }) => entries,
  },
  { id: 'last', head: 'Last run', cell: (connector) => <LastRun connector={connector} /> },
  { id: 'next', head: 'Next run', cell: (connector) => <NextRun connector={connector} /> },
]

export function DirectoriesPage() {
  const tenant = useSlug()
  const may = useMay('directories:write')
  const { data, error } = useEndpoint(
    listConnectors,
    { params: { tenant } },
    { refetchInterval: (last) => (last?.items.some(({ lastRun }) => isRunning(lastRun)) ? 1_000 : 10_000) },
  )
  const add = may && (
    <Link to="/t/$slug/directories/new" params={{ slug: tenant }}>
      <Button component="span">Add directory</Button>
    </Link>
  )
  return (
    <Page
      title="Directories"
      lead="Where your people come from. Each directory is read on a schedule; brakes keep a broken one from emptying your lists."
      actions={data && data.items.length > 0 && add}
    >
      <div className={stack.stack}>
        <ConsentNote />
        {data?.removalsStopped && (
          <Note tone="warn" title="Removals are stopped in the whole organisation">
            <p>{data.removalsStopped}</p>
          </Note>
        )}
        {error && !data && <ProblemNote error={error} />}
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title="No directory yet" icon={IconAddressBook} action={add}>
            <p>
              With a directory every address that receives mail is known, newcomers too. Without one, add
              users by spreadsheet or let them be learned from mail.
            </p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <Panel title="Connectors" flush>
            <DataTable
              label="Directories"
              rows={data.items}
              columns={columns}
              rowKey={({ id }) => id}
              card={(connector) => (
                <>
                  <Name connector={connector} />
                  <State connector={connector} />
                  <span className="small tx2">
                    {plural(connector.entries, 'entry', 'entries')} · <LastRun connector={connector} />
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
  const slug = useSlug()
  return (
    <span>
      <Link to="/t/$slug/directories/$connector" params={{ slug, connector: id }}>
        {name}
      </Link>
      <br />
      <span className="small tx2">{formOf(kind)?.label ?? kind}</span>
    </span>
  )
}

function State({ connector: { state, trouble } }: { readonly connector: Connector }) {
  const { tone, word } = stateWords[state]
  return (
    <span>
      <ToneText tone={tone}>{word}</ToneText>
      {trouble && <span className="small tx2"> {trouble.saw}</span>}
    </span>
  )
}

function LastRun({ connector: { lastRun } }: { readonly connector: Connector }) {
  if (lastRun === null) return <span className="tx2">none</span>
  if (isRunning(lastRun)) return <ToneText tone="info">{progressOf(lastRun)}</ToneText>
  const { tone, word } = runWords[lastRun.state]
  return (
    <span>
      <ToneText tone={tone}>{word}</ToneText> <RelativeTime at={lastRun.startedAt} />
      <br />
      <span className="small tx2">{summaryOf(lastRun)}</span>
    </span>
  )
}

function NextRun({ connector: { nextRunAt } }: { readonly connector: Connector }) {
  return nextRunAt === null ? <span className="tx2">–</span> : <FullTime at={nextRunAt} />
}
