// Refused before anybody's mail was concerned: what only operators see, because no organisation is known.
import type { MessageRow } from '@gatepost/contract/message.ts'
import { listRefusals } from '@gatepost/contract/system.ts'
import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconShieldX } from '@tabler/icons-react'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { count } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { RelativeTime } from '#shared/time.tsx'

const LIMIT = 50
const READ_MS = 10_000
const TYPING_MS = 300

const NOBODY = '<> (a report)'

const columns: readonly Column<MessageRow>[] = [
  { id: 'at', head: 'When', cell: ({ at }) => <RelativeTime at={at} /> },
  { id: 'client', head: 'Client', cell: ({ clientIp }) => <span className="mono">{clientIp ?? '–'}</span> },
  { id: 'from', head: 'From', cell: ({ reversePath }) => reversePath ?? NOBODY },
  { id: 'to', head: 'To', cell: ({ forwardPath }) => forwardPath ?? '–' },
  { id: 'reason', head: 'Why', cell: (row) => <Why row={row} /> },
]

export function RefusalsPage() {
  const pages = usePages()
  const [search, setSearch] = useState('')
  const [words] = useDebouncedValue(search.trim(), TYPING_MS)
  const { data, error } = useEndpoint(
    listRefusals,
    { query: { limit: LIMIT, after: pages.after, ...(words === '' ? {} : { search: words }) } },
    { keepPrevious: true, refetchInterval: READ_MS },
  )
  return (
    <Page
      title="Refused for nobody"
      lead="Mail for domains of nobody here, relay attempts and broken clients. The rest stands in the messages of its organisation."
    >
      {error && !data && <ProblemNote error={error} />}
      <Panel title="Refusals of the last 30 days" flush>
        <PanelBody>
          <TextInput
            label="Search"
            placeholder="Address, domain or client"
            value={search}
            onChange={(event) => {
              setSearch(event.currentTarget.value)
              pages.reset()
            }}
          />
        </PanelBody>
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title={words === '' ? 'Nothing was refused' : 'Nothing matches'} icon={IconShieldX}>
            <p>{words === '' ? 'Clients that try to relay show up here.' : 'Try fewer words.'}</p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <>
            <DataTable
              label="Refusals"
              remember="refusals"
              rows={data.items}
              columns={columns}
              rowKey={({ id }) => id}
              card={(row) => (
                <>
                  <span>
                    {row.reversePath ?? NOBODY} → {row.forwardPath ?? '–'}
                  </span>
                  <Why row={row} />
                  <span className="tx2">
                    <span className="mono">{row.clientIp ?? '–'}</span>, <RelativeTime at={row.at} />
                  </span>
                </>
              )}
            />
            <PageFoot pages={pages} next={data.next} shown={data.items.length} limit={LIMIT} total={null} />
          </>
        )}
      </Panel>
    </Page>
  )
}

/** Floods of one client and reason are one row. */
function Why({ row: { reason, count: times } }: { readonly row: MessageRow }) {
  return (
    <span>
      {reason}
      {times > 1 && <span className="tx2"> · {count(times)} times</span>}
    </span>
  )
}
