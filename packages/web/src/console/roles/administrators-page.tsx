// Who administers: people with a role, open invitations, and directory groups that give roles.

import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import stack from '#shared/stack.module.css'
import { AdministratorList } from './administrator-list.tsx'
import { GroupRolesPanel } from './group-roles-panel.tsx'
import { InvitationsPanel } from './invitations-panel.tsx'
import { InvitePanel } from './invite-panel.tsx'

export function AdministratorsPage() {
  const t = useWords('roles')
  const tenant = useSlug()
  const may = useMay('roles:write')
  return (
    <Page title={t('administrators')} lead={t('lead')}>
      <div className={stack.stack}>
        <AdministratorList tenant={tenant} />
        {may && <InvitePanel />}
        <InvitationsPanel />
        <GroupRolesPanel />
      </div>
    </Page>
  )
}
