// One page of the audit log, with what was before and after of each entry; of an organisation or of all.

import type { AuditEntry } from '@gatepost/contract/audit.ts'
import { IconHistory } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { PageFoot, type Pages } from '#shared/pages.tsx'
import { ToneText } from '#shared/status-word.tsx'
import { FullTime } from '#shared/time.tsx'
import classes from './audit.module.css'
import { auditSentence } from './audit-words.ts'
import { Changes } from './changes.tsx'

export const AUDIT_LIMIT = 50

const columnsOf = (t: Words): readonly Column<AuditEntry>[] => [
  {
    id: 'at',
    head: t('time'),
    cell: ({ at }) => (
      <span className={classes.whole}>
        <FullTime at={at} />
      </span>
    ),
  },
  { id: 'actor', head: t('who'), cell: (entry) => <Who entry={entry} /> },
  { id: 'action', head: t('what'), cell: (entry) => <What entry={entry} /> },
  { id: 'from', head: t('from'), cell: ({ from }) => <span className="mono">{from}</span> },
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
  const t = useWords('audit')
  const { searchedTo } = data
  if (data.items.length === 0 && searchedTo === null) return <Nothing filtered={filtered} onClear={onClear} />
  return (
    <>
      {searchedTo !== null && (
        <p className={classes.searched}>
          {rich(t, data.items.length === 0 ? 'noneBack' : 'searchedBack', {
            time: <FullTime at={searchedTo} />,
          })}
        </p>
      )}
      {data.items.length > 0 && (
        <DataTable
          label={t('changes')}
          remember="audit"
          toolsInHead
          rows={data.items}
          columns={columnsOf(t)}
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
        {...(searchedTo === null ? {} : { words: [t('newer'), t('searchOlder')] as const })}
      />
    </>
  )
}

function Nothing({ filtered, onClear }: Pick<Props, 'filtered' | 'onClear'>): ReactNode {
  const t = useWords('audit')
  if (!filtered) {
    return (
      <EmptyState title={t('none')} icon={IconHistory}>
        <p>{t('noneMeans')}</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title={t('noneFits')}
      icon={IconHistory}
      action={
        <button type="button" className="link" onClick={onClear}>
          {t('clear')}
        </button>
      }
    >
      <p>{t('noneFitsMeans')}</p>
    </EmptyState>
  )
}

function Who({ entry: { actor, asOperator } }: { readonly entry: AuditEntry }) {
  const t = useWords('audit')
  return (
    <span className={classes.who}>
      <span className="strong">{actor}</span>
      {asOperator && <ToneText tone="hold">{t('operator')}</ToneText>}
    </span>
  )
}

function What({ entry }: { readonly entry: AuditEntry }) {
  const t = useWords('audit')
  const changed = entry.before !== null || entry.after !== null
  return (
    <div>
      <span>
        {auditSentence(t, entry) ?? (
          <>
            <code>{entry.action}</code> {entry.subject}
          </>
        )}
        {entry.outcome === 'refused' && (
          <>
            {' '}
            <ToneText tone="bad">{t('refused')}</ToneText>
          </>
        )}
      </span>
      {changed && (
        <details className={classes.diff}>
          <summary>{t('beforeAfter')}</summary>
          <Changes before={entry.before} after={entry.after} />
        </details>
      )}
    </div>
  )
}
