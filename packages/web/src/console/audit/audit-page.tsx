// The audit log: every change with who, when, from where, before and after. It cannot be edited.

import { exportAudit, listAudit } from '@gatepost/contract/audit.ts'
import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { usePages } from '#shared/pages.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { AuditFilters } from './audit-filters.tsx'
import { AUDIT_LIMIT, AuditList } from './audit-list.tsx'
import { type AuditSearch, filterOf, isFiltered } from './audit-search.ts'

export function AuditPage() {
  const t = useWords('audit')
  const tenant = useSlug()
  const given = useSearch({ from: '/console/t/$slug/audit' })
  const navigate = useNavigate()
  const pages = usePages()
  const filter = filterOf(given, useNow())
  const { data, error } = useEndpoint(
    listAudit,
    { params: { tenant }, query: { ...filter, limit: AUDIT_LIMIT, after: pages.after } },
    { keepPrevious: true, refetchInterval: 10_000 },
  )
  const change = (search: AuditSearch) => {
    pages.reset()
    void navigate({ to: '/t/$slug/audit', params: { slug: tenant }, search, replace: true })
  }
  return (
    <Page title={t('title')} lead={t('lead')} actions={<ExportLink filter={filter} />}>
      {error && !data && <ProblemNote error={error} />}
      <Panel title={t('changes')} flush>
        <AuditFilters given={given} onChange={(part) => change({ ...given, ...part })} />
        {!data && !error && <SkeletonRows />}
        {data && (
          <AuditList data={data} pages={pages} filtered={isFiltered(given)} onClear={() => change({})} />
        )}
      </Panel>
    </Page>
  )
}

/** A plain link: the browser saves what comes, however long it is. */
function ExportLink({ filter }: { readonly filter: object }) {
  const t = useWords('audit')
  const tenant = useSlug()
  const may = useMay('audit:export')
  if (!may) return null
  const query = new URLSearchParams(Object.entries(filter).map(([name, value]) => [name, String(value)]))
  const path = exportAudit.path.replace('{tenant}', encodeURIComponent(tenant))
  return (
    <Button
      component="a"
      href={`${path}?${query}`}
      download
      variant="default"
      leftSection={<IconDownload size={15} aria-hidden />}
    >
      {t('export')}
    </Button>
  )
}
