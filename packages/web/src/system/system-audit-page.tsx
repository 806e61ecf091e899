// The audit log of the installation itself: sign-ins, operators, tokens and keys.

import { exportSystemAudit, listSystemAudit } from '@gatepost/contract/audit.ts'
import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { AuditFilters } from '#console/audit/audit-filters.tsx'
import { AUDIT_LIMIT, AuditList } from '#console/audit/audit-list.tsx'
import { type AuditSearch, filterOf, isFiltered } from '#console/audit/audit-search.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { useNow } from '#shared/now.ts'
import { usePages } from '#shared/pages.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'

export function SystemAuditPage() {
  const t = useWords('system')
  const [given, setGiven] = useState<AuditSearch>({})
  const pages = usePages()
  const filter = filterOf(given, useNow())
  const { data, error } = useEndpoint(
    listSystemAudit,
    { query: { ...filter, limit: AUDIT_LIMIT, after: pages.after } },
    { keepPrevious: true, refetchInterval: 10_000 },
  )
  const change = (search: AuditSearch) => {
    pages.reset()
    setGiven(search)
  }
  return (
    <Page
      title={t('systemAudit.auditLog')}
      lead={t('systemAudit.whatConcernsThe')}
      actions={
        <Button
          component="a"
          href={exportSystemAudit.path}
          download
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
        >
          {t('systemAudit.exportCsv')}
        </Button>
      }
    >
      {error && !data && <ProblemNote error={error} />}
      <Panel title={t('systemAudit.changes')} flush>
        <AuditFilters system given={given} onChange={(part) => change({ ...given, ...part })} />
        {!data && !error && <SkeletonRows />}
        {data && (
          <AuditList data={data} pages={pages} filtered={isFiltered(given)} onClear={() => change({})} />
        )}
      </Panel>
    </Page>
  )
}
