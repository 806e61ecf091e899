// Domains of the organisation with proof, recipient validation and MX.

import { listDomains } from '@gatepost/contract/domain.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { DomainsManager } from './domains-manager.tsx'
import { RecipientModePanel } from './recipient-mode-panel.tsx'

export function DomainsPage() {
  const t = useWords('domains')
  const tenant = useSlug()
  const { data } = useEndpoint(listDomains, { params: { tenant } })
  const validated = data?.items.filter(({ validatedAt }) => validatedAt !== null) ?? []
  return (
    <Page title={t('title')} lead={t('lead')}>
      <div className={stack.detail}>
        <div className={stack.stack}>
          <DomainsManager />
        </div>
        <div className={stack.stack}>
          <Panel title={t('mx')}>
            <p className="tx2">
              {rich(t, 'mxWatched', {
                step: (
                  <Link to="/t/$slug/connect/$step" params={{ slug: tenant, step: 'modify-mx' }}>
                    {t('modifyMx')}
                  </Link>
                ),
              })}
            </p>
          </Panel>
        </div>
      </div>
      {validated.length > 0 && <h2>{t('validation')}</h2>}
      {validated.map((domain) => (
        <RecipientModePanel key={domain.id} domain={domain} />
      ))}
    </Page>
  )
}
