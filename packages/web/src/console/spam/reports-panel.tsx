// What people reported (H1), by letter and in the portal, and where letters go: beside the lessons that came
// of
// it, which are taken back there.
import { getSpamLearning, listMailReports, type MailReport } from '@gatepost/contract/spam.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { Facts } from '#shared/facts.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'

const LIMIT = 20
const KINDS: { readonly [Kind in MailReport['kind']]: string } = {
  spam: 'Spam',
  phish: 'Phishing',
  wanted: 'Wanted',
}
const OUTCOMES: { readonly [Outcome in MailReport['outcome']]: string } = {
  learned: 'Learned',
  'words-learned': 'Words learned',
  'no-copy': 'No copy to learn from',
  unreadable: 'Could not be read',
  'unknown-reporter': 'Not a user',
  limit: 'Enough for a day',
  'taken-back': 'Taken back',
}

export function ReportsPanel() {
  const tenant = useSlug()
  const pages = usePages()
  const query = { limit: LIMIT, ...(pages.after ? { after: pages.after } : {}) }
  const { data, error } = useEndpoint(listMailReports, { params: { tenant }, query }, { keepPrevious: true })
  const { data: learning } = useEndpoint(getSpamLearning, { params: { tenant } })
  return (
    <Panel title="Reported by people" side="latest first">
      <div className={stack.stack}>
        <p className="tx2">
          People report in their portal, or forward a message as an attachment, through your own mail host, to
          the address for it. Each gets a short answer; 50 a day and person count.
        </p>
        {learning && (
          <Facts
            rows={[
              ['Spam', <Address key="spam" address={learning.reportTo.spam} />],
              ['Phishing', <Address key="phish" address={learning.reportTo.phish} />],
              ['Wanted mail', <Address key="wanted" address={learning.reportTo.wanted} />],
            ]}
          />
        )}
        {error && <ProblemNote error={error} />}
        {!data && !error && <SkeletonRows rows={3} />}
        {data && data.items.length === 0 && (
          <EmptyState title="Nobody reported anything yet">
            <p>Tell people the addresses above, or make a contact of them in your address list.</p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <>
            <DataTable
              rows={data.items}
              columns={COLUMNS}
              rowKey={({ id }) => id}
              label="Reports, latest first"
              card={(report) => (
                <div className={stack.tight}>
                  <strong>
                    <Subject report={report} />
                  </strong>
                  <span className="tx2">
                    {KINDS[report.kind]} · {OUTCOMES[report.outcome]}
                  </span>
                  <span className="small tx2">
                    {report.mailbox} <RelativeTime at={report.at} />
                  </span>
                </div>
              )}
            />
            <PageFoot
              pages={pages}
              next={data.next}
              shown={data.items.length}
              limit={LIMIT}
              total={data.total}
            />
          </>
        )}
      </div>
    </Panel>
  )
}

const COLUMNS: readonly Column<MailReport>[] = [
  { id: 'kind', head: 'Reported as', cell: ({ kind }) => KINDS[kind] },
  { id: 'subject', head: 'Subject', cell: (report) => <Subject report={report} /> },
  { id: 'author', head: 'From', cell: ({ author }) => author ?? '–' },
  { id: 'by', head: 'By', cell: ({ mailbox }) => mailbox },
  { id: 'outcome', head: 'Outcome', cell: ({ outcome }) => OUTCOMES[outcome] },
  { id: 'at', head: 'When', cell: ({ at }) => <RelativeTime at={at} /> },
]

function Subject({ report: { subject, messageId } }: { readonly report: MailReport }) {
  const tenant = useSlug()
  const text = subject || 'No subject'
  if (messageId === null) return text
  return (
    <Link to="/t/$slug/messages/$message" params={{ slug: tenant, message: messageId }}>
      {text}
    </Link>
  )
}

function Address({ address }: { readonly address: string }) {
  return (
    <span className={stack.row}>
      {address} <CopyButton value={address} label={`Copy ${address}`} />
    </span>
  )
}
