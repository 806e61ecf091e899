// Refused before anybody's mail was concerned: what only operators see, because no organisation is known.

import type { MessageRow } from '@gatepost/contract/message.ts'
import { listRefusals } from '@gatepost/contract/system.ts'
import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconShieldX } from '@tabler/icons-react'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useWords, type Words } from '#i18n/i18n.ts'
import { useReason } from '#i18n/reason.ts'
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

const nobodyOf = (t: Words) => t('refusals.aReport')

const columnsOf: (t: Words) => readonly Column<MessageRow>[] = (t) => [
  { id: 'at', head: t('refusals.when'), cell: ({ at }) => <RelativeTime at={at} /> },
  {
    id: 'client',
    head: t('refusals.client'),
    cell: ({ clientIp }) => <span className="mono">{clientIp ?? '–'}</span>,
  },
  { id: 'from', head: t('refusals.from'), cell: ({ reversePath }) => reversePath ?? nobodyOf(t) },
  { id: 'to', head: t('refusals.to'), cell: ({ forwardPath }) => forwardPath ?? '–' },
  { id: 'reason', head: t('refusals.why'), cell: (row) => <Why row={row} /> },
]

export function RefusalsPage() {
  const t = useWords('system')
  const pages = usePages()
  const [search, setSearch] = useState('')
  const [words] = useDebouncedValue(search.trim(), TYPING_MS)
  const { data, error } = useEndpoint(
    listRefusals,
    { query: { limit: LIMIT, after: pages.after, ...(words === '' ? {} : { search: words }) } },
    { keepPrevious: true, refetchInterval: READ_MS },
  )
  return (
    <Page title={t('refusals.refusedForNobody')} lead={t('refusals.mailForDomainsOfNobodyHere')}>
      {error && !data && <ProblemNote error={error} />}
      <Panel title={t('refusals.refusalsOfTheLast30Days')} flush>
        <PanelBody>
          <TextInput
            label={t('refusals.search')}
            placeholder={t('refusals.addressDomainOrClient')}
            value={search}
            onChange={(event) => {
              setSearch(event.currentTarget.value)
              pages.reset()
            }}
          />
        </PanelBody>
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState
            title={words === '' ? t('refusals.nothingWasRefused') : t('refusals.nothingMatches')}
            icon={IconShieldX}
          >
            <p>{words === '' ? t('refusals.clientsThatTryToRelayShow') : t('refusals.tryFewerWords')}</p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <>
            <DataTable
              label={t('refusals.refusals')}
              remember="refusals"
              rows={data.items}
              columns={columnsOf(t)}
              rowKey={({ id }) => id}
              card={(row) => (
                <>
                  <span>
                    {row.reversePath ?? nobodyOf(t)} → {row.forwardPath ?? '–'}
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
  const t = useWords('system')
  return (
    <span>
      {useReason()(reason)}
      {times > 1 && <span className="tx2">{t('refusals.times', { times: count(times) })}</span>}
    </span>
  )
}
