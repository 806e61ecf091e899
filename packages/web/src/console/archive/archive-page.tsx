// The archive: search by words, people and days, with the place where the words were found; exports below.
import {
  type ArchiveItem,
  archiveFlagWords,
  listArchiveExports,
  searchArchive,
  startArchiveExport,
} from '@gatepost/contract/archive.ts'
import { getArchive } from '@gatepost/contract/archive-settings.ts'
import { Button, Select, TextInput } from '@mantine/core'
import { IconArchive, IconSearch } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { bytes, dateTime } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import classes from './archive.module.css'
import { type ArchiveSearch, isEmptySearch, queryOf } from './archive-search.ts'
import { ExportsPanel } from './exports-panel.tsx'

const PAGE = 25
const DIRECTIONS = ['inbound', 'outbound', 'internal'] as const

export function ArchivePage() {
  const words = useWords('archive')
  const slug = useSlug()
  const mayExport = useMay('messages:export')
  const maySet = useMay('retention:read')
  const search = useSearch({ from: '/console/t/$slug/archive/' })
  const pages = usePages()
  const { data: archive } = useEndpoint(getArchive, { params: { tenant: slug } }, { enabled: maySet })
  const isReasonMissing = archive?.askReason === true && !search.reason
  const query = { ...queryOf(search), reason: search.reason, limit: PAGE, cursor: pages.after }
  const { data, error, isFetching } = useEndpoint(
    searchArchive,
    { params: { tenant: slug }, query },
    { keepPrevious: true, enabled: !isReasonMissing, staleTime: 60_000 },
  )
  return (
    <Page
      title={words('title')}
      lead={words('lead')}
      busy={isFetching}
      actions={
        maySet && (
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/t/$slug/archive/settings" params={{ slug }} {...props} />}
          >
            {words('settingsAndProof')}
          </Button>
        )
      }
    >
      <div className={stack.stack}>
        {archive && !archive.enabled && archive.entries === 0 && <OffNote />}
        <SearchForm
          key={JSON.stringify(search)}
          search={search}
          askReason={archive?.askReason === true}
          onSearch={pages.reset}
        />
        {isReasonMissing && (
          <Note tone="info" title={words('sayWhy')}>
            {words('sayWhyMeans')}
          </Note>
        )}
        {error && <ProblemNote error={error} />}
        <Panel
          title={words('messages')}
          side={data && words(data.items.length === 0 ? 'none' : 'latestFirst')}
          flush
          actions={mayExport && data && data.items.length > 0 && <ExportButtons search={search} />}
        >
          {!data && !error && !isReasonMissing && <SkeletonRows rows={6} />}
          {data?.items.length === 0 && (
            <EmptyState
              title={words(isEmptySearch(search) ? 'nothingYet' : 'nothingFits')}
              icon={IconArchive}
            >
              <p>{words(isEmptySearch(search) ? 'nothingYetMeans' : 'nothingFitsMeans')}</p>
            </EmptyState>
          )}
          {data && data.items.length > 0 && (
            <>
              <DataTable
                label={words('archivedMessages')}
                rows={data.items}
                columns={columnsOf(words, slug, search.reason)}
                rowKey={({ id }) => id}
                card={(row) => <Card row={row} slug={slug} reason={search.reason} />}
              />
              <PageFoot pages={pages} next={data.next} shown={data.items.length} total={null} limit={PAGE} />
            </>
          )}
        </Panel>
        {mayExport && <ExportsPanel />}
      </div>
    </Page>
  )
}

function OffNote() {
  const words = useWords('archive')
  const slug = useSlug()
  return (
    <Note tone="info" title={words('off')}>
      <p>
        {words('offMeans')}{' '}
        <Link to="/t/$slug/archive/settings" params={{ slug }}>
          {words('switchOn')}
        </Link>
      </p>
    </Note>
  )
}

function SearchForm(props: {
  readonly search: ArchiveSearch
  readonly askReason: boolean
  readonly onSearch: () => void
}) {
  const { search, askReason, onSearch } = props
  const words = useWords('archive')
  const navigate = useNavigate({ from: '/t/$slug/archive' })
  const [draft, setDraft] = useState<ArchiveSearch>(search)
  const set = (change: Partial<ArchiveSearch>): void => setDraft((now) => ({ ...now, ...change }))
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSearch()
    const filled = Object.fromEntries(Object.entries(draft).filter(([, value]) => value))
    void navigate({ search: filled as ArchiveSearch })
  }
  const text = (name: 'text' | 'person' | 'attachment' | 'reason', label: string, placeholder: string) => (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={draft[name] ?? ''}
      onChange={(event) => set({ [name]: event.currentTarget.value || undefined })}
    />
  )
  return (
    <Panel title={words('search')}>
      <form onSubmit={submit} className={classes.form}>
        <div className={classes.wide}>{text('text', words('words'), words('wordsHint'))}</div>
        <div className={classes.wide}>{text('person', words('person'), words('personHint'))}</div>
        <div className={classes.wide}>{text('attachment', words('attachment'), words('attachmentHint'))}</div>
        <TextInput
          type="date"
          label={words('fromDay')}
          value={draft.from ?? ''}
          onChange={(event) => set({ from: event.currentTarget.value || undefined })}
        />
        <TextInput
          type="date"
          label={words('toDay')}
          value={draft.to ?? ''}
          onChange={(event) => set({ to: event.currentTarget.value || undefined })}
        />
        <Select
          label={words('direction')}
          placeholder={words('any')}
          clearable
          clearButtonProps={{ 'aria-label': words('anyDirection') }}
          data={DIRECTIONS.map((value) => ({ value, label: words(`directions.${value}`) }))}
          value={draft.direction ?? null}
          onChange={(value) => set({ direction: (value as ArchiveSearch['direction']) ?? undefined })}
        />
        <Select
          label={words('flag')}
          placeholder={words('any')}
          clearable
          clearButtonProps={{ 'aria-label': words('anyFlag') }}
          data={Object.keys(archiveFlagWords).map((value) => ({ value, label: words(`flags.${value}`) }))}
          value={draft.flag ?? null}
          onChange={(value) => set({ flag: (value as ArchiveSearch['flag']) ?? undefined })}
        />
        {askReason && text('reason', words('reason'), words('reasonHint'))}
        <div className={classes.submit}>
          <Button type="submit" leftSection={<IconSearch size={15} aria-hidden />}>
            {words('search')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

function ExportButtons({ search }: { readonly search: ArchiveSearch }) {
  const words = useWords('archive')
  const tenant = useSlug()
  const start = useAction(startArchiveExport, { readAgain: [listArchiveExports] })
  const { reason } = search
  const run = (format: 'zip' | 'mbox'): void =>
    start.mutate({
      params: { tenant },
      body: { format, query: queryOf(search), ...(reason ? { reason } : {}) },
    })
  return (
    <span className={classes.buttons}>
      {start.error && <ProblemNote error={start.error} />}
      <Button size="compact-sm" variant="default" loading={start.isPending} onClick={() => run('zip')}>
        {words('exportZip')}
      </Button>
      <Button size="compact-sm" variant="default" loading={start.isPending} onClick={() => run('mbox')}>
        {words('exportMbox')}
      </Button>
    </span>
  )
}

function columnsOf(words: Words, slug: string, reason: string | undefined): readonly Column<ArchiveItem>[] {
  return [
    { id: 'message', head: words('message'), cell: (row) => <Row row={row} slug={slug} reason={reason} /> },
    { id: 'people', head: words('fromAndTo'), cell: (row) => <People row={row} /> },
    { id: 'at', head: words('written'), cell: (row) => <span className="small">{dateTime(row.at)}</span> },
    {
      id: 'size',
      head: words('size'),
      align: 'right',
      cell: (row) => <span className="small">{bytes(row.size)}</span>,
    },
  ]
}

/** Where there is no room for columns: who and when stand below what. */
function Card(props: Parameters<typeof Row>[0]) {
  const { at, size } = props.row
  return (
    <div className={classes.row}>
      <Row {...props} />
      <People row={props.row} />
      <span className="small tx3">
        {dateTime(at)} · {bytes(size)}
      </span>
    </div>
  )
}

function Row(props: {
  readonly row: ArchiveItem
  readonly slug: string
  readonly reason: string | undefined
}) {
  const { row, slug, reason } = props
  const words = useWords('archive')
  return (
    <div className={classes.row}>
      <Link
        to="/t/$slug/archive/$archived"
        params={{ slug, archived: row.id }}
        search={reason === undefined ? {} : { reason }}
      >
        {row.subject === '' ? words('noSubject') : row.subject}
      </Link>
      <span className="small tx2">
        {row.snippet.map(({ text, isFound }, at) => (isFound ? <mark key={at}>{text}</mark> : text))}
      </span>
      {(row.flags.length > 0 || row.attachments.length > 0) && (
        <span className="small tx3">
          {[
            ...row.flags.map((flag) => words(`flags.${flag}`)),
            ...(row.attachments.length > 0 ? [words('attachments', { count: row.attachments.length })] : []),
          ].join(' · ')}
        </span>
      )}
    </div>
  )
}

function People({ row }: { readonly row: ArchiveItem }) {
  const words = useWords('archive')
  const more = row.recipientCount - row.recipients.length
  return (
    <div className={classes.row}>
      <span className="small">{row.author ?? words('unknown')}</span>
      <span className="small tx2">
        {row.recipients.join(', ')}
        {more > 0 && ` ${words('andMore', { count: more })}`}
      </span>
    </div>
  )
}
