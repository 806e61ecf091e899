// Mail flow › Signing: DKIM keys of each domain with their records and stages, and ARC for mail that passes
// through (O6).

import { getSigning } from '@gatepost/contract/signing.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ArcPanel } from './arc-panel.tsx'
import { SigningDomainPanel } from './signing-domain.tsx'

const leadOf = (t: Words) => t('signing.mailOfYourOwnDomainsLeaves')

export function SigningPage() {
  const t = useWords('flow')
  const tenant = useSlug()
  const may = useMay('signing:write')
  const { data, error } = useEndpoint(
    getSigning,
    { params: { tenant } },
    { refetchInterval: (last) => (isWaiting(last) ? 3_000 : 30_000) },
  )
  return (
    <Page title={t('signing.signing')} lead={leadOf(t)}>
      {data ? (
        <div className={stack.stack}>
          {data.domains.length === 0 && (
            <Panel title={t('signing.domains')} flush>
              <EmptyState title={t('signing.noDomainYet')}>
                <p>{t('signing.addADomainAndProveThatItIs')}</p>
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
