// One archived message: who it went to and how that is known, what it says behind two walls, and its origins.
import { type ArchivedMessage, getArchived } from '@gatepost/contract/archive.ts'
import { Button } from '@mantine/core'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { Facts } from '#shared/facts.tsx'
import { bytes, dateTime } from '#shared/format.ts'
import { MailView } from '#shared/mail-view.tsx'
import { Block, Fold, Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { cardOf } from './card.tsx'

type Person = ArchivedMessage['people'][number]
const PEOPLE_SHOWN = 200

export function ArchivedPage() {
  const words = useWords('archive')
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
      title={data?.subject || words('archivedMessage')}
      crumbs={[
        {
          label: words('title'),
          link: (
            <Link to="/t/$slug/archive" params={{ slug }}>
              {words('title')}
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
            {words('saveEml')}
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
          <Panel title={words('message')}>
            <MailView text={data.text ?? ''} html={data.html} label={words('theMessage')} />
            {data.isCut && <p className="small tx2">{words('restInEml')}</p>}
          </Panel>
        )}
        {data && data.parts.length > 0 && (
          <Panel title={words('attachmentsTitle')}>
            <Facts
              wide
              rows={data.parts.map(
                ({ name, type, size, within }) =>
                  [
                    name,
                    `${within === null ? type : words('within', { name: within })}, ${bytes(size)}`,
                  ] as const,
              )}
            />
          </Panel>
        )}
        {data && data.variants.length > 0 && <Variants message={data} reason={reason} />}
        {data && <People people={data.people} />}
        {data && (
          <Fold title={words('headerFields')}>
            <Block>{data.header.map(({ name, value }) => `${name}: ${value}`).join('\n')}</Block>
          </Fold>
        )}
      </div>
    </Page>
  )
}

function Notes({ message }: { readonly message: ArchivedMessage }) {
  const words = useWords('archive')
  const { flags, fault, holds } = message
  return (
    <>
      {flags.length > 0 && (
        <Note tone="warn" title={flags.map((flag) => words(`flags.${flag}`)).join(', ')}>
          {fault ?? words('keptAsItCame')}
        </Note>
      )}
      {holds.length > 0 && (
        <Note tone="info" title={words('holdKeeps')}>
          {holds.join(', ')}
        </Note>
      )}
    </>
  )
}

function About({ message }: { readonly message: ArchivedMessage }) {
  const words = useWords('archive')
  return (
    <Panel title={words('about')}>
      <Facts
        wide
        rows={[
          [words('sides.from'), message.author ?? words('unknown')],
          [words('written'), dateTime(message.at)],
          [words('direction'), words(`directions.${message.direction}`)],
          [
            words('cameBy'),
            message.copies
              .map(({ source, archivedAt }) => `${words(`sources.${source}`)}, ${dateTime(archivedAt)}`)
              .join('; '),
          ],
          [words('messageId'), message.messageId ?? words('none')],
          [words('size'), bytes(message.size)],
          [words('digest'), <code key="digest">{message.digest.slice(0, 32)}…</code>],
        ]}
      />
    </Panel>
  )
}

/** The same message with other words: hosts add footers before they journal. */
function Variants(props: { readonly message: ArchivedMessage; readonly reason: string | undefined }) {
  const { message, reason } = props
  const words = useWords('archive')
  const slug = useSlug()
  return (
    <Panel title={words('variants')}>
      <p className="small tx2">{words('variantsMean')}</p>
      <ul>
        {message.variants.map(({ id, sources, archivedAt, size }) => (
          <li key={id}>
            <Link
              to="/t/$slug/archive/$archived"
              params={{ slug, archived: id }}
              search={reason === undefined ? {} : { reason }}
            >
              {sources.map((source) => words(`sources.${source}`)).join(', ')}, {dateTime(archivedAt)}
            </Link>
            , {bytes(size)}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function People({ people }: { readonly people: readonly Person[] }) {
  const words = useWords('archive')
  const columns: readonly Column<Person>[] = [
    { id: 'as', head: words('as'), cell: (row) => words(`sides.${row.as}`) },
    {
      id: 'who',
      head: words('who'),
      cell: (row) => (row.name === null ? row.address : `${row.name} <${row.address}>`),
    },
    {
      id: 'how',
      head: words('byWayOf'),
      cell: ({ expandedFrom, forwardedFrom }) =>
        [
          ...(expandedFrom === null ? [] : [words('list', { address: expandedFrom })]),
          ...(forwardedFrom === null ? [] : [words('forwardedBy', { address: forwardedFrom })]),
        ].join(', '),
    },
  ]
  return (
    <Panel title={words('people')} side={words('mailboxes', { count: people.length })} flush>
      <DataTable
        label={words('people')}
        rows={[...people.slice(0, PEOPLE_SHOWN)]}
        columns={columns}
        card={cardOf(columns)}
        rowKey={({ as, address }) => `${as} ${address}`}
      />
    </Panel>
  )
}
