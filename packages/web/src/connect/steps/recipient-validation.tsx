// C8: for each domain, whether unknown recipients are refused, and how.
import { listDomains } from '@gatepost/contract/domain.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { RecipientModePanel } from '#console/domains/recipient-mode-panel.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'

export function RecipientValidation() {
  const tenant = useSlug()
  const { data, error } = useEndpoint(listDomains, { params: { tenant } })
  if (!data) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  const validated = data.items.filter(({ validatedAt }) => validatedAt !== null)
  return validated.map((domain) => <RecipientModePanel key={domain.id} domain={domain} />)
}
