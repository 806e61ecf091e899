// One page of the audit log, with what was before and after of each entry; of an organisation or of all.
import type { AuditEntry } from '@gatepost/contract/audit.ts'
import { IconHistory } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { PageFoot, type Pages } from '#shared/pages.tsx'
import { ToneText } from '#shared/status-word.tsx'
import { FullTime } from '#shared/time.tsx'
import classes from './audit.module.css'
import { auditSentence } from './audit-words.ts'
import { Changes } from './changes.tsx'

export const AUDIT_LIMIT = 50

const columns: readonly Column<AuditEntry>[] = [
  {
    id: 'at',
    head: 'Time',
    cell: ({ at }) => (
      <span className={classes.whole}>
        <FullTime at={at} />
      </span>
    ),
  },
  { id: 'actor', head: 'Who', cell: (entry) => <Who entry={entry} /> },
  { id: 'action', head: 'What', cell: (entry) => <What entry={entry} /> },
  { id: 'from', head: 'From', cell: ({ from }) => <span className="mono">{from}</span> },
]

type Props = {
  readonly data: {
    readonly items: AuditEntry[]
    readonly next: string | null
    readonly total: number | null
    readonly searchedTo: number | null
  }
  readonly pages: Pages
  readonly filtered: boolean
  readonly onClear: () => void
}

export function AuditList({ data, pages, filtered, onClear }: Props) {
  const { searchedTo } = data
  if (data.items.length === 0 && searchedTo === null) return <Nothing filtered={filtered} onClear={onClear} />
  return (
    <>
      {searchedTo !== null && (
        <p className={classes.searched}>
          {data.items.length === 0 ? 'No entry with these words' : 'Searched'} back to{' '}
          <FullTime at={searchedTo} />. There are older entries: go on, or narrow the search by a filter.
        </p>
      )}
      {data.items.length > 0 && (
        <DataTable
          label="Changes"
          remember="audit"
          rows={data.items}
          columns={columns}
          rowKey={({ id }) => id}
          card={(entry) => (
            <>
              <Who entry={entry} />
              <What entry={entry} />
              <span className="small tx3">
                <FullTime at={entry.at} /> · {entry.from}
              </span>
            </>
          )}
        />
      )}
      <PageFoot
        pages={pages}
        next={data.next}
        shown={data.items.length}
        limit={AUDIT_LIMIT}
        total={data.total}
        {...(searchedTo === null ? {} : { words: ['Newer', 'Search older entries'] as const })}
      />
    </>
  )
}

function Nothing({ filtered, onClear }: Pick<Props, 'filtered' | 'onClear'>): ReactNode {
  if (!filtered) {
    return (
      <EmptyState title="No change yet" icon={IconHistory}>
        <p>Each change of settings, users and domains appears here with the person who made it.</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title="No entry fits"
      icon={IconHistory}
      action={
        <button type="button" className="link" onClick={onClear}>
          Clear all filters
        </button>
      }
    >
      <p>The log has entries, but none with all of these filters.</p>
    </EmptyState>
  )
}

function Who({ entry: { actor, asOperator } }: { readonly entry: AuditEntry }) {
  return (
    <span className={classes.who}>
      <span className="strong">{actor}</span>
      {asOperator && <ToneText tone="hold">operator</ToneText>}
    </span>
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
        {entry.outcome === 'refused' && (
          <>
            {' '}
            <ToneText tone="bad">refused</ToneText>
          </>
        )}
      </span>
      {changed && (
        <details className={classes.diff}>
          <summary>Before and after</summary>
          <Changes before={entry.before} after={entry.after} />
        </details>
      )}
    </div>
  )
}
