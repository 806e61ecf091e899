// What people reported (H1), by letter and in the portal, and where letters go: beside the lessons that came
// of it, which are taken back there.
import { getSpamLearning, listMailReports, type MailReport } from '@gatepost/contract/spam.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
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
export function ReportsPanel() {
  const t = useWords('held')
  const tenant = useSlug()
  const pages = usePages()
  const query = { limit: LIMIT, ...(pages.after ? { after: pages.after } : {}) }
  const { data, error } = useEndpoint(listMailReports, { params: { tenant }, query }, { keepPrevious: true })
  const { data: learning } = useEndpoint(getSpamLearning, { params: { tenant } })
  return (
    <Panel title={t('reports.title')} side={t('spam.latest')}>
      <div className={stack.stack}>
        <p className="tx2">{t('reports.text')}</p>
        {learning && (
          <Facts
            rows={[
              [t('spam.spam'), <Address key="spam" address={learning.reportTo.spam} />],
              [t('spam.phish'), <Address key="phish" address={learning.reportTo.phish} />],
              [t('reports.wantedMail'), <Address key="wanted" address={learning.reportTo.wanted} />],
            ]}
          />
        )}
        {error && <ProblemNote error={error} />}
        {!data && !error && <SkeletonRows rows={3} />}
        {data && data.items.length === 0 && (
          <EmptyState title={t('reports.none')}>
            <p>{t('reports.noneText')}</p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <>
            <DataTable
              rows={data.items}
              columns={columnsOf(t)}
              rowKey={({ id }) => id}
              label={t('reports.listLabel')}
              card={(report) => (
                <div className={stack.tight}>
                  <strong>
                    <Subject report={report} />
                  </strong>
                  <span className="tx2">
                    {t(`spam.${report.kind}`)} · {t(`reports.outcome.${report.outcome}`)}
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

const columnsOf = (t: Words): readonly Column<MailReport>[] => [
  { id: 'kind', head: t('spam.head.reported'), cell: ({ kind }) => t(`spam.${kind}`) },
  { id: 'subject', head: t('spam.head.subject'), cell: (report) => <Subject report={report} /> },
  { id: 'author', head: t('spam.head.author'), cell: ({ author }) => author ?? '–' },
  { id: 'by', head: t('spam.head.by'), cell: ({ mailbox }) => mailbox },
  { id: 'outcome', head: t('spam.head.outcome'), cell: ({ outcome }) => t(`reports.outcome.${outcome}`) },
  { id: 'at', head: t('spam.head.when'), cell: ({ at }) => <RelativeTime at={at} /> },
]

function Subject({ report: { subject, messageId } }: { readonly report: MailReport }) {
  const t = useWords('held')
  const tenant = useSlug()
  const text = subject || t('spam.noSubject')
  if (messageId === null) return text
  return (
    <Link to="/t/$slug/messages/$message" params={{ slug: tenant, message: messageId }}>
      {text}
    </Link>
  )
}

function Address({ address }: { readonly address: string }) {
  const t = useWords('held')
  return (
    <span className={stack.row}>
      {address} <CopyButton value={address} label={t('reports.copy', { address })} />
    </span>
  )
}
