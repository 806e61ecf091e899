// How long data is kept, what must not be erased, and what is stored of a person.

import { fixedRetention, getRetention } from '@gatepost/contract/retention.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Facts } from '#shared/facts.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ClassList } from './class-list.tsx'
import { HoldsPanel } from './holds-panel.tsx'
import { PersonPanel } from './person-panel.tsx'

export function RetentionPage() {
  const t = useWords('retention')
  const tenant = useSlug()
  const mayExport = useMay('people:export')
  const { data, error } = useEndpoint(getRetention, { params: { tenant } })
  return (
    <Page title={t('title')} lead={t('lead')}>
      <div className={stack.detail}>
        <div className={stack.stack}>
          {error && !data && <ProblemNote error={error} />}
          {!data && !error && <SkeletonRows rows={6} />}
          {data && <ClassList items={data.items} />}
          {data && <HoldsPanel holds={data.holds} />}
          {mayExport && <PersonPanel />}
        </div>
        <Panel title={t('fixed.title')}>
          <Facts
            rows={fixedRetention.map(({ name, kept }, at) => [
              t(`fixed.name.${at}`, name),
              t(`fixed.kept.${at}`, kept),
            ])}
          />
        </Panel>
      </div>
    </Page>
  )
}
