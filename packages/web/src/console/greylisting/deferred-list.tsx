// What is deferred now, with releasing it: the sender passes from then on.
import {
  type DeferredMessage,
  getGreylisting,
  listDeferred,
  releaseDeferred,
} from '@gatepost/contract/greylist.ts'
import { Button } from '@mantine/core'
import { useMemo } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { HostText } from '#shared/host-text.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { PageFoot, type Pages } from '#shared/pages.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { StatusWord } from '#shared/status-word.tsx'
import { Countdown, RelativeTime } from '#shared/time.tsx'
import { SilentEdges } from '../queue/notices.tsx'
import classes from './greylisting.module.css'
import { identityWords } from './identity-words.ts'

const READ_MS = 10_000
const ROWS = 50

type Props = { readonly search: string | undefined; readonly pages: Pages }

export function DeferredList({ search, pages }: Props) {
  const t = useWords('protection')
  const tenant = useSlug()
  const may = useMay('policies:write')
  const { after } = pages
  const query = { limit: ROWS, ...(search ? { search } : {}), ...(after ? { after } : {}) }
  const page = useEndpoint(
    listDeferred,
    { params: { tenant }, query },
    { keepPrevious: true, refetchInterval: READ_MS },
  )
  const release = useAction(releaseDeferred, {
    readAgain: [listDeferred, getGreylisting],
    said: () => ({ text: t('deferredList.theSenderIsLetThrough') }),
  })
  const done = release.isSuccess ? release.variables.body.identity : null
  const columns = useMemo(
    () =>
      columnsOf(
        t,
        may ? (identity) => release.mutate({ params: { tenant }, body: { identity } }) : null,
        done,
      ),
    [t, may, tenant, done, release.mutate],
  )
  const { data, error } = page
  return (
    <>
      {error && <ProblemNote error={error} />}
      {release.error && <ProblemNote error={release.error} />}
      {done && (
        <Note
          tone="ok"
          role="status"
          title={t('deferredList.passesFromNowOn', { name: identityWords(t, done).name })}
        >
          {t('deferredList.itsNextAttemptIsAcceptedAt')}
        </Note>
      )}
      <SilentEdges edges={data?.unreachable ?? []} />
      {!data && !error && <SkeletonRows rows={5} />}
      {data && data.items.length === 0 && data.next === null && <Nothing searched={search !== undefined} />}
      {data && data.items.length > 0 && (
        <DataTable
          label={t('deferredList.deferredNow')}
          rows={data.items}
          columns={columns}
          rowKey={({ id }) => id}
          card={(row) => <Card row={row} columns={columns} />}
        />
      )}
      {data && (data.items.length > 0 || data.next !== null) && (
        <PageFoot
          pages={pages}
          next={data.next}
          shown={data.items.length}
          limit={ROWS}
          total={search ? null : data.total}
        />
      )}
    </>
  )
}

function Nothing({ searched }: { readonly searched: boolean }) {
  const t = useWords('protection')
  return searched ? (
    <EmptyState title={t('deferredList.nothingDeferredMatches')}>
      {t('deferredList.lookUnderAnotherNameOr')}
    </EmptyState>
  ) : (
    <EmptyState title={t('deferredList.nothingIsDeferredNow')}>
      {t('deferredList.aFirstMessageOfAnUnknown')}
    </EmptyState>
  )
}

type Release = (identity: string) => void

function columnsOf(
  t: Words,
  release: Release | null,
  released: string | null,
): readonly Column<DeferredMessage>[] {
  const columns: Column<DeferredMessage>[] = [
    {
      id: 'first',
      head: t('deferredList.firstAttempt'),
      cell: ({ firstAt }) => <RelativeTime at={firstAt} />,
    },
    { id: 'from', head: t('deferredList.from'), cell: (row) => <From row={row} /> },
    {
      id: 'to',
      head: t('deferredList.to'),
      cell: ({ forwardPath }) => <HostText plain>{forwardPath}</HostText>,
    },
    { id: 'state', head: t('deferredList.state'), cell: (row) => <State row={row} /> },
  ]
  if (release === null) return columns
  const cell = (row: DeferredMessage) =>
    row.identity === released ? (
      <span className="tx2">{t('deferredList.released')}</span>
    ) : (
      <Button variant="default" size="compact-sm" onClick={() => release(row.identity)}>
        {t('deferredList.release')}
        <span className="hidden-visually"> {identityWords(t, row.identity).name}</span>
      </Button>
    )
  return [...columns, { id: 'act', head: t('deferredList.release'), headHidden: true, align: 'right', cell }]
}

/** The sender as written, and what it is recognised by. */
function From({ row }: { readonly row: DeferredMessage }) {
  const t = useWords('protection')
  const { name, by } = identityWords(t, row.identity)
  return (
    <span className={classes.two}>
      <span>
        {row.reversePath === null ? (
          t('deferredList.nullSenderABounce')
        ) : (
          <HostText plain>{row.reversePath}</HostText>
        )}
      </span>
      <span className="small tx2">
        <HostText plain>{name}</HostText>, {by} ·{' '}
        <span className="mono">{row.clientName ?? row.clientIp}</span>
      </span>
    </span>
  )
}

function State({ row }: { readonly row: DeferredMessage }) {
  const t = useWords('protection')
  const now = useNow()
  const tries =
    row.attempts > 1 ? t('deferredList.attempts', { attempts: row.attempts }) : t('deferredList.oneAttempt')
  return (
    <span className={classes.two}>
      <StatusWord of="message" state="deferred" />
      <span className="small tx2">
        {tries} ·{' '}
        {now < row.acceptedFrom ? (
          <Countdown to={row.acceptedFrom} before={t('deferredList.acceptedIn')} />
        ) : (
          t('deferredList.acceptedWhenItComesAgain')
        )}
      </span>
    </span>
  )
}

function Card({
  row,
  columns,
}: {
  readonly row: DeferredMessage
  readonly columns: readonly Column<DeferredMessage>[]
}) {
  const t = useWords('protection')
  return (
    <>
      <State row={row} />
      <From row={row} />
      <span className="tx2">
        {rich(t, 'deferredList.to2', {
          host: <HostText plain>{row.forwardPath}</HostText>,
          time: <RelativeTime at={row.firstAt} />,
        })}
      </span>
      {columns.some(({ id }) => id === 'act') && <span>{columns.at(-1)?.cell(row)}</span>}
    </>
  )
}
