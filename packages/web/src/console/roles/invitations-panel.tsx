// Invitations that were not answered yet; each can be taken back.

import { type Invitation, listInvitations, removeInvitation } from '@gatepost/contract/role.ts'
import { Button } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { date } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { useRoleWords } from '#shared/role-words.ts'

export function InvitationsPanel() {
  const t = useWords('roles')
  const say = useRoleWords()
  const tenant = useSlug()
  const may = useMay('roles:write')
  const { data } = useEndpoint(listInvitations, { params: { tenant } })
  const remove = useAction(removeInvitation, {
    readAgain: [listInvitations],
    said: () => ({ text: t('invitations.withdrawn') }),
  })
  if (!data || data.items.length === 0) return null
  const back = ({ id, name }: Invitation) =>
    may && (
      <Button
        size="compact-sm"
        variant="default"
        aria-label={t('invitations.backOf', { name })}
        onClick={() => remove.mutate({ params: { tenant, invitation: id } })}
      >
        {t('invitations.back')}
      </Button>
    )
  const columns: readonly Column<Invitation>[] = [
    {
      id: 'who',
      head: t('invitations.who'),
      cell: ({ name, email }) => (
        <div>
          <span className="strong">{name}</span>
          <div className="small tx2">{email}</div>
        </div>
      ),
    },
    { id: 'role', head: t('role'), cell: ({ role, roleName }) => say(role, roleName) },
    { id: 'by', head: t('invitations.by'), cell: ({ createdBy }) => createdBy },
    { id: 'until', head: t('invitations.until'), cell: ({ expiresAt }) => date(expiresAt) },
    { id: 'back', head: t('invitations.back'), headHidden: true, align: 'right', cell: back },
  ]
  return (
    <Panel title={t('invitations.title')} flush>
      {remove.error && (
        <PanelBody>
          <ProblemNote error={remove.error} focus />
        </PanelBody>
      )}
      <DataTable
        label={t('invitations.title')}
        rows={data.items}
        columns={columns}
        rowKey={({ id }) => id}
        card={(one) => (
          <>
            <span className="strong">{one.name}</span>
            <span className="small tx2">{one.email}</span>
            <span>
              {t('invitations.roleUntil', { role: say(one.role, one.roleName), day: date(one.expiresAt) })}
            </span>
            {back(one)}
          </>
        )}
      />
    </Panel>
  )
}
