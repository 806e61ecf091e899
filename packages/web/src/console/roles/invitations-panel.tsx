// Invitations that were not answered yet; each can be taken back.
import { type Invitation, listInvitations, removeInvitation } from '@gatepost/contract/role.ts'
import { Button } from '@mantine/core'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { date } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'

export function InvitationsPanel() {
  const tenant = useSlug()
  const may = useMay('roles:write')
  const { data } = useEndpoint(listInvitations, { params: { tenant } })
  const remove = useAction(removeInvitation, {
    readAgain: [listInvitations],
    said: () => ({ text: 'The invitation is withdrawn.' }),
  })
  if (!data || data.items.length === 0) return null
  const back = ({ id, name }: Invitation) =>
    may && (
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`Take back the invitation of ${name}`}
        onClick={() => remove.mutate({ params: { tenant, invitation: id } })}
      >
        Take back
      </Button>
    )
  const columns: readonly Column<Invitation>[] = [
    {
      id: 'who',
      head: 'Who',
      cell: ({ name, email }) => (
        <div>
          <span className="strong">{name}</span>
          <div className="small tx2">{email}</div>
        </div>
      ),
    },
    { id: 'role', head: 'Role', cell: ({ roleName }) => roleName },
    { id: 'by', head: 'Invited by', cell: ({ createdBy }) => createdBy },
    { id: 'until', head: 'Valid until', cell: ({ expiresAt }) => date(expiresAt) },
    { id: 'back', head: 'Take back', headHidden: true, align: 'right', cell: back },
  ]
  return (
    <Panel title="Open invitations" flush>
      {remove.error && (
        <PanelBody>
          <ProblemNote error={remove.error} focus />
        </PanelBody>
      )}
      <DataTable
        label="Open invitations"
        rows={data.items}
        columns={columns}
        rowKey={({ id }) => id}
        card={(one) => (
          <>
            <span className="strong">{one.name}</span>
            <span className="small tx2">{one.email}</span>
            <span>
              {one.roleName}, until {date(one.expiresAt)}
            </span>
            {back(one)}
          </>
        )}
      />
    </Panel>
  )
}
