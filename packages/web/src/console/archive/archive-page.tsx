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
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { bytes, dateTime, plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import classes from './archive.module.css'
import { type ArchiveSearch, isEmptySearch, queryOf } from './archive-search.ts'
import { ExportsPanel } from './exports-panel.tsx'

const PAGE = 25

export function ArchivePage() {
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
      title="Archive"
      lead="Mail that passed the gateway or was journalled. Every search and every look is noted in the audit log."
      busy={isFetching}
      actions={
        maySet && (
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/t/$slug/archive/settings" params={{ slug }} {...props} />}
          >
            Settings and proof
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
          <Note tone="info" title="Say why you search">
            Your organisation asks for a reason. It is noted with the search.
          </Note>
        )}
        {error && <ProblemNote error={error} />}
        <Panel
          title="Messages"
          side={data ? `${data.items.length === 0 ? 'none' : 'latest first'}` : undefined}
          flush
          actions={mayExport && data && data.items.length > 0 && <ExportButtons search={search} />}
        >
          {!data && !error && !isReasonMissing && <SkeletonRows rows={6} />}
          {data?.items.length === 0 && (
            <EmptyState
              title={isEmptySearch(search) ? 'Nothing is archived yet' : 'Nothing fits'}
              icon={IconArchive}
            >
              <p>
                {isEmptySearch(search)
                  ? 'Messages appear here seconds after they were accepted.'
                  : 'All words must be there. A star ends a word early: invoice*'}
              </p>
            </EmptyState>
          )}
          {data && data.items.length > 0 && (
            <>
              <DataTable
                label="Archived messages"
                rows={data.items}
                columns={columnsOf(slug, search.reason)}
                rowKey={({ id }) => id}
                card={(row) => <Row row={row} slug={slug} reason={search.reason} />}
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
  const slug = useSlug()
  return (
    <Note tone="info" title="Archiving is off">
      <p>
        Nothing is kept beyond delivery.{' '}
        <Link to="/t/$slug/archive/settings" params={{ slug }}>
          Switch it on
        </Link>{' '}
        and mail that passes is kept, sealed with a key of your organisation.
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
    <Panel title="Search">
      <form onSubmit={submit} className={classes.form}>
        {text('text', 'Words', 'Subject, text, attachments')}
        {text('person', 'Person', 'Address, @domain or name')}
        {text('attachment', 'Attachment', 'Part of its name')}
        <TextInput
          type="date"
          label="From day"
          value={draft.from ?? ''}
          onChange={(event) => set({ from: event.currentTarget.value || undefined })}
        />
        <TextInput
          type="date"
          label="To day"
          value={draft.to ?? ''}
          onChange={(event) => set({ to: event.currentTarget.value || undefined })}
        />
        <Select
          label="Direction"
          placeholder="Any"
          clearable
          clearButtonProps={{ 'aria-label': 'Any direction' }}
          data={[
            { value: 'inbound', label: 'Inbound' },
            { value: 'outbound', label: 'Outbound' },
            { value: 'internal', label: 'Internal' },
          ]}
          value={draft.direction ?? null}
          onChange={(value) => set({ direction: (value as ArchiveSearch['direction']) ?? undefined })}
        />
        <Select
          label="Flag"
          placeholder="Any"
          clearable
          clearButtonProps={{ 'aria-label': 'Any flag' }}
          data={Object.entries(archiveFlagWords).map(([value, label]) => ({ value, label }))}
          value={draft.flag ?? null}
          onChange={(value) => set({ flag: (value as ArchiveSearch['flag']) ?? undefined })}
        />
        {askReason && text('reason', 'Reason', 'Why you search')}
        <div className={classes.submit}>
          <Button type="submit" leftSection={<IconSearch size={15} aria-hidden />}>
            Search
          </Button>
        </div>
      </form>
    </Panel>
  )
}

function ExportButtons({ search }: { readonly search: ArchiveSearch }) {
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
        Export as zip
      </Button>
      <Button size="compact-sm" variant="default" loading={start.isPending} onClick={() => run('mbox')}>
        Export as mbox
      </Button>
    </span>
  )
}

function columnsOf(slug: string, reason: string | undefined): readonly Column<ArchiveItem>[] {
  return [
    { id: 'message', head: 'Message', cell: (row) => <Row row={row} slug={slug} reason={reason} /> },
    { id: 'people', head: 'From and to', cell: (row) => <People row={row} /> },
    { id: 'at', head: 'Written', cell: (row) => <span className="small">{dateTime(row.at)}</span> },
    {
      id: 'size',
      head: 'Size',
      align: 'right',
      cell: (row) => <span className="small">{bytes(row.size)}</span>,
    },
  ]
}

function Row(props: {
  readonly row: ArchiveItem
  readonly slug: string
  readonly reason: string | undefined
}) {
  const { row, slug, reason } = props
  return (
    <div className={classes.row}>
      <Link
        to="/t/$slug/archive/$archived"
        params={{ slug, archived: row.id }}
        search={reason === undefined ? {} : { reason }}
      >
        {row.subject === '' ? 'No subject' : row.subject}
      </Link>
      <span className="small tx2">
        {row.snippet.map(({ text, isFound }, at) => (isFound ? <mark key={at}>{text}</mark> : text))}
      </span>
      {(row.flags.length > 0 || row.attachments.length > 0) && (
        <span className="small tx3">
          {[
            ...row.flags.map((flag) => archiveFlagWords[flag]),
            ...(row.attachments.length > 0 ? [plural(row.attachments.length, 'attachment')] : []),
          ].join(' · ')}
        </span>
      )}
    </div>
  )
}

function People({ row }: { readonly row: ArchiveItem }) {
  const more = row.recipientCount - row.recipients.length
  return (
    <div className={classes.row}>
      <span className="small">{row.author ?? 'unknown'}</span>
      <span className="small tx2">
        {row.recipients.join(', ')}
        {more > 0 && ` and ${more} more`}
      </span>
    </div>
  )
}
