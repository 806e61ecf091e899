// Operators: who runs the installation, and who acts for which organisations from outside.
import {
  inviteOperator,
  listOperators,
  type Operator,
  removeOperatorInvitation,
  setOperator,
} from '@gatepost/contract/operator.ts'
import { roleWords } from '@gatepost/contract/permission.ts'
import { Button } from '@mantine/core'
import { IconUserShield } from '@tabler/icons-react'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { date } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SecretNote } from '#shared/secret-note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { OperatorDialog } from './operator-dialog.tsx'

export function OperatorsPage() {
  const may = useMay('system:write')
  const [edited, setEdited] = useState<Operator | 'new' | null>(null)
  const { data, error } = useEndpoint(listOperators, {})
  const set = useAction(setOperator, { readAgain: [listOperators], onDone: () => setEdited(null) })
  const invite = useAction(inviteOperator, { readAgain: [listOperators], onDone: () => setEdited(null) })
  const confirm = useConfirm()
  const end = async ({ id, name }: Operator) => {
    const agreed = await confirm({
      title: `${name} operates nothing any more`,
      body: 'Roles that organisations gave themselves stay. Each organisation sees the end in its audit log.',
      act: 'End operator',
    })
    if (agreed) set.mutate({ params: { person: id }, body: { installation: false, tenants: [] } })
  }
  const columns = columnsOf(may, setEdited, end)
  return (
    <Page
      title="Operators"
      lead="Whoever acts for an organisation from outside is named on every page there and in its audit log."
      actions={may && <Button onClick={() => setEdited('new')}>Invite operator</Button>}
    >
      <div className={stack.stack}>
        {invite.data?.link && (
          <SecretNote
            title={`The invitation of ${invite.data.invitation.email} is ready`}
            value={invite.data.link}
            copy="Copy link"
          >
            Hand this link to the person, and to nobody else. It is shown this once and works for seven days.
          </SecretNote>
        )}
        <Panel title="Operators" flush>
          {(error ?? set.error) && (
            <PanelBody>
              <ProblemNote error={error ?? set.error} focus={set.error !== null} />
            </PanelBody>
          )}
          {!data && !error && <SkeletonRows />}
          {data && data.items.length === 0 && (
            <EmptyState title="No operator" icon={IconUserShield}>
              <p>Invite somebody who acts for organisations.</p>
            </EmptyState>
          )}
          {data && data.items.length > 0 && (
            <DataTable
              label="Operators"
              rows={data.items}
              columns={columns}
              rowKey={({ id }) => id}
              card={(one) => (
                <>
                  {columns[0]?.cell(one)}
                  {columns[1]?.cell(one)}
                  {columns[3]?.cell(one)}
                </>
              )}
            />
          )}
        </Panel>
        {data && data.invitations.length > 0 && <Invitations items={data.invitations} />}
      </div>
      {edited !== null && (
        <OperatorDialog
          operator={edited === 'new' ? null : edited}
          error={edited === 'new' ? invite.error : set.error}
          busy={invite.isPending || set.isPending}
          onClose={() => setEdited(null)}
          onInvite={(body) => invite.mutate({ body })}
          onSave={(person, body) => set.mutate({ params: { person }, body })}
        />
      )}
    </Page>
  )
}

function columnsOf(
  may: boolean,
  edit: (one: Operator) => void,
  end: (one: Operator) => Promise<void>,
): readonly Column<Operator>[] {
  return [
    {
      id: 'who',
      head: 'Who',
      cell: ({ name, email, you }) => (
        <div>
          <span className="strong">{name}</span>
          {you && <span className="small tx2"> you</span>}
          <div className="small tx2">{email}</div>
        </div>
      ),
    },
    {
      id: 'of',
      head: 'Acts for',
      cell: ({ installation, tenants }) => (
        <div>
          {installation && <div>The installation</div>}
          {tenants.map(({ tenant, name, role }) => (
            <div key={tenant}>
              {name}{' '}
              <span className="small tx2">{roleWords[role as keyof typeof roleWords]?.name ?? role}</span>
            </div>
          ))}
        </div>
      ),
    },
    {
      id: 'seen',
      head: 'Last seen',
      cell: ({ lastSeenAt }) =>
        lastSeenAt === null ? <span className="tx2">Not for a month</span> : <RelativeTime at={lastSeenAt} />,
    },
    {
      id: 'edit',
      head: 'Change',
      headHidden: true,
      align: 'right',
      cell: (one) =>
        may && (
          <span className={stack.row}>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Change ${one.name}`}
              onClick={() => edit(one)}
            >
              Change
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`End ${one.name}`}
              onClick={() => end(one)}
            >
              End
            </Button>
          </span>
        ),
    },
  ]
}

type Asked = {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly expiresAt: number
}

function Invitations({ items }: { readonly items: readonly Asked[] }) {
  const may = useMay('system:write')
  const remove = useAction(removeOperatorInvitation, {
    readAgain: [listOperators],
    said: () => ({ text: 'The invitation is withdrawn.' }),
  })
  return (
    <Panel title="Open invitations">
      <ul className={`${stack.plain} ${stack.tight}`}>
        {items.map(({ id, name, email, expiresAt }) => (
          <li key={id} className={stack.row}>
            <span className="strong">{name}</span> {email}, until {date(expiresAt)}
            {may && (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`Take back the invitation of ${name}`}
                onClick={() => remove.mutate({ params: { invitation: id } })}
              >
                Take back
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
