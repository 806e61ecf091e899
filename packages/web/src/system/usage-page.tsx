// What each organisation used in a month: messages, users, storage; as a table and as CSV.

import { getUsage, type UsageRow } from '@gatepost/contract/portfolio.ts'
import { Select } from '@mantine/core'
import { IconChartBar } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
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

const columnsOf: (t: Words) => readonly Column<UsageRow>[] = (t) => [
  {
    id: 'name',
    head: t('system.organisation'),
    sortBy: ({ name }) => name,
    cell: (row) => <Name row={row} />,
  },
  number('inbound', t('usage.received'), count),
  number('outbound', t('usage.sent'), count),
  number('refused', t('usage.refused'), count),
  number('octets', t('usage.passedThrough'), bytes),
  number('users', t('system.users'), count),
  number('stored', t('usage.archive'), bytes),
]

export function UsagePage() {
  const t = useWords('system')
  const [month, setMonth] = useState<string | null>(null)
  const query = month === null ? {} : { month }
  const { data, error } = useEndpoint(getUsage, { query }, { keepPrevious: true })
  return (
    <Page title={t('usage.usage')} lead={t('usage.messagesUsersAndStorageOf')}>
      {error && !data && <ProblemNote error={error} />}
      <Panel
        title={data?.month ?? t('usage.thisMonth')}
        side={
          data?.countedAt ? (
            <span className="small tx3">
              {rich(t, 'usage.counted', { time: <RelativeTime at={data.countedAt} /> })}
            </span>
          ) : undefined
        }
        actions={
          data && (
            <div className={stack.row}>
              <Select
                aria-label={t('usage.month')}
                allowDeselect={false}
                data={data.months}
                value={data.month}
                onChange={setMonth}
                w={130}
              />
              <a href={`/v1/system/usage.csv?month=${data.month}`} download>
                {t('usage.downloadCsv')}
              </a>
            </div>
          )
        }
        flush
      >
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title={t('system.noOrganisation')} icon={IconChartBar}>
            <p>{t('usage.figuresAppearHereWithinThe')}</p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <DataTable
            label={t('usage.usageByOrganisation')}
            rows={data.items}
            columns={columnsOf(t)}
            rowKey={({ tenant }) => tenant}
            card={(row) => (
              <>
                <Name row={row} />
                <span>
                  {t('usage.receivedSentUsers', {
                    inbound: count(row.inbound),
                    outbound: count(row.outbound),
                    users: count(row.users),
                  })}
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
