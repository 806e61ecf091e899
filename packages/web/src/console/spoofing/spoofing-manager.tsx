// Protection of each domain and the services that send with it. Used by the page and C14.
import { getSpoofing } from '@gatepost/contract/spoofing.ts'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { DomainPanel } from './domain-panel.tsx'
import { SourcesPanel } from './sources-panel.tsx'

const READ_MS = 15_000

export function SpoofingManager() {
  const tenant = useSlug()
  const may = useMay('policies:write')
  const [withDismissed, setWithDismissed] = useState(false)
  const { data, error } = useEndpoint(
    getSpoofing,
    { params: { tenant }, query: { dismissed: withDismissed ? 'true' : 'false' } },
    { refetchInterval: READ_MS, keepPrevious: true },
  )
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows rows={4} />
  return (
    <div className={stack.stack}>
      <SourcesPanel
        sources={data.sources}
        since={data.since}
        may={may}
        withDismissed={withDismissed}
        onDismissed={setWithDismissed}
      />
      {data.domains.map((domain) => (
        <DomainPanel key={`${domain.domain} ${domain.policy?.revision ?? 0}`} domain={domain} may={may} />
      ))}
    </div>
  )
}
