// Operators: who runs the installation, and who acts for which organisations from outside.

import {
  inviteOperator,
  listOperators,
  type Operator,
  removeOperatorInvitation,
  setOperator,
} from '@gatepost/contract/operator.ts'
import { Button } from '@mantine/core'
import { IconUserShield } from '@tabler/icons-react'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { useConfirm } from '#shared/confirm.tsx'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { date } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { useRoleWords } from '#shared/role-words.ts'
import { SecretNote } from '#shared/secret-note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { OperatorDialog } from './operator-dialog.tsx'

export function OperatorsPage() {
  const t = useWords('system')
  const may = useMay('system:write')
  const [edited, setEdited] = useState<Operator | 'new' | null>(null)
  const { data, error } = useEndpoint(listOperators, {})
  const set = useAction(setOperator, { readAgain: [listOperators], onDone: () => setEdited(null) })
  const invite = useAction(inviteOperator, { readAgain: [listOperators], onDone: () => setEdited(null) })
  const confirm = useConfirm()
  const end = async ({ id, name }: Operator) => {
    const agreed = await confirm({
      title: t('operators.operatesNothingAnyMore', { name }),
      body: t('operators.rolesThatOrganisationsGave'),
      act: t('operators.endOperator'),
    })
    if (agreed) set.mutate({ params: { person: id }, body: { installation: false, tenants: [] } })
  }
  const columns = columnsOf(t, may, setEdited, end)
  return (
    <Page
      title={t('operators.operators')}
      lead={t('operators.whoeverActsForAn')}
      actions={may && <Button onClick={() => setEdited('new')}>{t('operators.invite')}</Button>}
    >
      <div className={stack.stack}>
        {invite.data?.link && (
          <SecretNote
            title={t('operators.theInvitationOfIsReady', { email: invite.data.invitation.email })}
            value={invite.data.link}
            copy={t('operators.copyLink')}
          >
            {t('operators.handThisLinkToThePersonAnd')}
          </SecretNote>
        )}
        <Panel title={t('operators.operators')} flush>
          {(error ?? set.error) && (
            <PanelBody>
              <ProblemNote error={error ?? set.error} focus={set.error !== null} />
            </PanelBody>
          )}
          {!data && !error && <SkeletonRows />}
          {data && data.items.length === 0 && (
            <EmptyState title={t('operators.noOperator')} icon={IconUserShield}>
              <p>{t('operators.inviteSomebodyWhoActsFor')}</p>
            </EmptyState>
          )}
          {data && data.items.length > 0 && (
            <DataTable
              label={t('operators.operators')}
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

function RoleName({ role }: { readonly role: string }) {
  return <span className="small tx2">{useRoleWords()(role, role)}</span>
}

function columnsOf(
  t: Words,
  may: boolean,
  edit: (one: Operator) => void,
  end: (one: Operator) => Promise<void>,
): readonly Column<Operator>[] {
  return [
    {
      id: 'who',
      head: t('operators.who'),
      cell: ({ name, email, you }) => (
        <div>
          <span className="strong">{name}</span>
          {you && <span className="small tx2">{t('operators.you')}</span>}
          <div className="small tx2">{email}</div>
        </div>
      ),
    },
    {
      id: 'of',
      head: t('operators.actsFor'),
      cell: ({ installation, tenants }) => (
        <div>
          {installation && <div>{t('operators.theInstallation')}</div>}
          {tenants.map(({ tenant, name, role }) => (
            <div key={tenant}>
              {name} <RoleName role={role} />
            </div>
          ))}
        </div>
      ),
    },
    {
      id: 'seen',
      head: t('operators.lastSeen'),
      cell: ({ lastSeenAt }) =>
        lastSeenAt === null ? (
          <span className="tx2">{t('operators.notForAMonth')}</span>
        ) : (
          <RelativeTime at={lastSeenAt} />
        ),
    },
    {
      id: 'edit',
      head: t('system.change'),
      headHidden: true,
      align: 'right',
      cell: (one) =>
        may && (
          <span className={stack.row}>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t('operators.change', { name: one.name })}
              onClick={() => edit(one)}
            >
              {t('system.change')}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t('operators.end', { name: one.name })}
              onClick={() => end(one)}
            >
              {t('operators.end2')}
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
  const t = useWords('system')
  const may = useMay('system:write')
  const remove = useAction(removeOperatorInvitation, {
    readAgain: [listOperators],
    said: () => ({ text: t('operators.theInvitationIsWithdrawn') }),
  })
  return (
    <Panel title={t('operators.openInvitations')}>
      <ul className={`${stack.plain} ${stack.tight}`}>
        {items.map(({ id, name, email, expiresAt }) => (
          <li key={id} className={stack.row}>
            {rich(t, 'operators.until', {
              span: <span className="strong">{name}</span>,
              email,
              expiresAt: date(expiresAt),
            })}
            {may && (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={t('operators.takeBackTheInvitationOf', { name })}
                onClick={() => remove.mutate({ params: { invitation: id } })}
              >
                {t('operators.takeBack')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
