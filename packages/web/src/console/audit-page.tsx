// The audit log: every change with who, when, from where, before and after. It cannot be edited.
import { type AuditEntry, listAudit } from '@gatepost/contract/audit.ts'
import { IconHistory } from '@tabler/icons-react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { Block, ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { FullTime } from '#shared/time.tsx'
import classes from './audit.module.css'
import { auditSentence } from './audit-words.ts'

const LIMIT = 50

const columns: readonly Column<AuditEntry>[] = [
  { id: 'at', head: 'Time', cell: ({ at }) => <FullTime at={at} /> },
  { id: 'actor', head: 'Who', cell: ({ actor }) => <span className="strong">{actor}</span> },
  { id: 'action', head: 'What', cell: (entry) => <What entry={entry} /> },
  { id: 'from', head: 'From', cell: ({ from }) => <span className="mono">{from}</span> },
]

export function AuditPage() {
  const tenant = useSlug()
  const pages = usePages()
  const { data, error } = useEndpoint(
    listAudit,
    { params: { tenant }, query: { limit: LIMIT, after: pages.after } },
    { keepPrevious: true, refetchInterval: 10_000 },
  )
  return (
    <Page title="Audit log" lead="Every change, newest first. Entries cannot be changed or removed.">
      {error && !data && <ProblemNote error={error} />}
      <Panel title="Changes" flush>
        {!data && !error && <SkeletonRows />}
        {data && data.items.length === 0 && (
          <EmptyState title="No change yet" icon={IconHistory}>
            <p>Each change of settings, users and domains appears here with the person who made it.</p>
          </EmptyState>
        )}
        {data && data.items.length > 0 && (
          <>
            <DataTable
              label="Changes"
              rows={data.items}
              columns={columns}
              rowKey={({ id }) => id}
              card={(entry) => (
                <>
                  <span className="strong">{entry.actor}</span>
                  <What entry={entry} />
                  <span className="small tx3">
                    <FullTime at={entry.at} /> · {entry.from}
                  </span>
                </>
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
      </Panel>
    </Page>
  )
}

function What({ entry }: { readonly entry: AuditEntry }) {
  const changed = entry.before !== null || entry.after !== null
  return (
    <div>
      <span>
        {auditSentence(entry) ?? (
          <>
            <code>{entry.action}</code> {entry.subject}
          </>
        )}
      </span>
      {changed && (
        <details className={classes.diff}>
          <summary>Before and after</summary>
          <div className={classes.sides}>
            <Side name="Before" value={entry.before} />
            <Side name="After" value={entry.after} />
          </div>
        </details>
      )}
    </div>
  )
}

function Side({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <div>
      <span className="small tx3">{name}</span>
      <Block>{value === null ? 'nothing' : JSON.stringify(value, null, 2)}</Block>
    </div>
  )
}
