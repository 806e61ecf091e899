// One archived message: who it went to and how that is known, what it says behind two walls, and its origins.
import { type ArchivedMessage, archiveFlagWords, getArchived } from '@gatepost/contract/archive.ts'
import { Button } from '@mantine/core'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { Facts } from '#shared/facts.tsx'
import { bytes, dateTime, plural } from '#shared/format.ts'
import { MailView } from '#shared/mail-view.tsx'
import { Block, Fold, Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { cardOf } from './card.tsx'

type Person = ArchivedMessage['people'][number]
const PEOPLE_SHOWN = 200

export function ArchivedPage() {
  const slug = useSlug()
  const { archived } = useParams({ from: '/console/t/$slug/archive/$archived' })
  const { reason } = useSearch({ from: '/console/t/$slug/archive/$archived' })
  const mayExport = useMay('messages:export')
  // A look is noted each time: the page does not ask again by itself.
  const { data, error } = useEndpoint(
    getArchived,
    { params: { tenant: slug, archived }, query: { reason } },
    { staleTime: Number.POSITIVE_INFINITY },
  )
  const asked = reason === undefined ? '' : `?reason=${encodeURIComponent(reason)}`
  return (
    <Page
      title={data?.subject || 'Archived message'}
      crumbs={[
        {
          label: 'Archive',
          link: (
            <Link to="/t/$slug/archive" params={{ slug }}>
              Archive
            </Link>
          ),
        },
      ]}
      actions={
        mayExport &&
        data && (
          <Button
            component="a"
            variant="default"
            href={`/v1/tenants/${slug}/archive/entries/${archived}/content${asked}`}
            download={`${archived}.eml`}
          >
            Save as EML
          </Button>
        )
      }
    >
      <div className={stack.stack}>
        {error && <ProblemNote error={error} />}
        {!data && !error && <SkeletonRows rows={6} />}
        {data && <Notes message={data} />}
        {data && <About message={data} />}
        {data && (
          <Panel title="Message">
            <MailView text={data.text ?? ''} html={data.html} label="The message" />
            {data.isCut && <p className="small tx2">The rest is in the EML file.</p>}
          </Panel>
        )}
        {data && data.parts.length > 0 && (
          <Panel title="Attachments">
            <Facts
              rows={data.parts.map(
                ({ name, type, size, within }) =>
                  [name, `${within === null ? type : `in ${within}`}, ${bytes(size)}`] as const,
              )}
            />
          </Panel>
        )}
        {data && <People people={data.people} />}
        {data && (
          <Fold title="Header fields">
            <Block>{data.header.map(({ name, value }) => `${name}: ${value}`).join('\n')}</Block>
          </Fold>
        )}
      </div>
    </Page>
  )
}

function Notes({ message }: { readonly message: ArchivedMessage }) {
  const { flags, fault, holds } = message
  return (
    <>
      {flags.length > 0 && (
        <Note tone="warn" title={flags.map((flag) => archiveFlagWords[flag]).join(', ')}>
          {fault ?? 'It is kept as it came.'}
        </Note>
      )}
      {holds.length > 0 && (
        <Note tone="info" title="A hold keeps it">
          {holds.join(', ')}
        </Note>
      )}
    </>
  )
}

function About({ message }: { readonly message: ArchivedMessage }) {
  return (
    <Panel title="About it">
      <Facts
        rows={[
          ['From', message.author ?? 'unknown'],
          ['Written', dateTime(message.at)],
          ['Direction', message.direction],
          [
            'Came by',
            message.copies.map(({ source, archivedAt }) => `${source}, ${dateTime(archivedAt)}`).join('; '),
          ],
          ['Message-ID', message.messageId ?? 'none'],
          ['Size', bytes(message.size)],
          ['Digest', <code key="digest">{message.digest.slice(0, 32)}…</code>],
        ]}
      />
    </Panel>
  )
}

const SIDES = { from: 'From', to: 'To', cc: 'Cc', bcc: 'Blind copy', envelope: 'By envelope' } as const

function People({ people }: { readonly people: readonly Person[] }) {
  const columns: readonly Column<Person>[] = [
    { id: 'as', head: 'As', cell: (row) => SIDES[row.as] },
    {
      id: 'who',
      head: 'Who',
      cell: (row) => (row.name === null ? row.address : `${row.name} <${row.address}>`),
    },
    {
      id: 'how',
      head: 'By way of',
      cell: ({ expandedFrom, forwardedFrom }) =>
        [
          ...(expandedFrom === null ? [] : [`list ${expandedFrom}`]),
          ...(forwardedFrom === null ? [] : [`forwarded by ${forwardedFrom}`]),
        ].join(', '),
    },
  ]
  return (
    <Panel title="People" side={plural(people.length, 'mailbox', 'mailboxes')} flush>
      <DataTable
        label="People"
        rows={[...people.slice(0, PEOPLE_SHOWN)]}
        columns={columns}
        card={cardOf(columns)}
        rowKey={({ as, address }) => `${as} ${address}`}
      />
    </Panel>
  )
}
