// Domains of the organisation with proof, recipient validation and MX.
import { listDomains } from '@gatepost/contract/domain.ts'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { DomainsManager } from './domains-manager.tsx'
import { RecipientModePanel } from './recipient-mode-panel.tsx'

export function DomainsPage() {
  const tenant = useSlug()
  const { data } = useEndpoint(listDomains, { params: { tenant } })
  const validated = data?.items.filter(({ validatedAt }) => validatedAt !== null) ?? []
  return (
    <Page
      title="Domains"
      lead="Mail for these domains is taken. Each is proven by a record at its own name servers."
    >
      <div className={stack.detail}>
        <div className={stack.stack}>
          <DomainsManager />
        </div>
        <div className={stack.stack}>
          <Panel title="MX records">
            <p className="tx2">
              Where the internet brings mail for your domains is watched in Connect:{' '}
              <Link to="/t/$slug/connect/$step" params={{ slug: tenant, step: 'modify-mx' }}>
                Modify your MX record
              </Link>
              .
            </p>
          </Panel>
        </div>
      </div>
      {validated.length > 0 && <h2>Recipient validation</h2>}
      {validated.map((domain) => (
        <RecipientModePanel key={domain.id} domain={domain} />
      ))}
    </Page>
  )
}
