// C0: the organisation's name, its environment and whom we reach when mail to it does not; in a hybrid also
// the way that mail takes through both halves.
import type { Connect } from '@gatepost/contract/connect.ts'
import { OrganizationForm } from '#console/organization-form.tsx'
import { useWords } from '#i18n/i18n.ts'
import { Panel } from '#shared/panel.tsx'
import { MailFlow } from '../mail-flow.tsx'

export function NameOrganization({ connect }: { readonly connect: Connect }) {
  const words = useWords('connect')
  return (
    <>
      <OrganizationForm />
      {connect.environment === 'hybrid' && (
        <Panel title={words('howFlows')}>
          <MailFlow connect={connect} />
        </Panel>
      )}
    </>
  )
}
