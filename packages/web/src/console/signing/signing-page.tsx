// Mail flow › Signing: DKIM keys of each domain with their records and stages, and ARC for mail that passes
// through (O6).
import { getSigning } from '@gatepost/contract/signing.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ArcPanel } from './arc-panel.tsx'
import { SigningDomainPanel } from './signing-domain.tsx'

const LEAD =
  'Mail of your own domains leaves with a DKIM signature, so that receivers know it is yours. A key signs once ' +
  'its record is seen in DNS; mail of other authors is never signed as you.'

export function SigningPage() {
  const tenant = useSlug()
  const may = useMay('signing:write')
  const { data, error } = useEndpoint(
    getSigning,
    { params: { tenant } },
    { refetchInterval: (last) => (isWaiting(last) ? 3_000 : 30_000) },
  )
  return (
    <Page title="Signing" lead={LEAD}>
      {data ? (
        <div className={stack.stack}>
          {data.domains.length === 0 && (
            <Panel title="Domains" flush>
              <EmptyState title="No domain yet">
                <p>Add a domain and prove that it is yours; then it can have keys.</p>
              </EmptyState>
            </Panel>
          )}
          {data.domains.map((domain) => (
            <SigningDomainPanel key={domain.id} domain={domain} may={may} />
          ))}
          <ArcPanel signing={data} may={may} />
        </div>
      ) : error ? (
        <ProblemNote error={error} />
      ) : (
        <SkeletonRows rows={4} />
      )}
    </Page>
  )
}

function isWaiting(
  signing: { domains: readonly { keys: readonly { state: string }[] }[] } | undefined,
): boolean {
  return (
    signing?.domains.some(({ keys }) => keys.some(({ state }) => state === 'pending' || state === 'seen')) ??
    true
  )
}
