// Roles: what each lets do, and roles of one's own made of permissions.

import { listRoles, type RoleView, removeRole } from '@gatepost/contract/role.ts'
import { Button } from '@mantine/core'
import { IconLock, IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { wordOf } from '#shared/permission-grid.tsx'
import { useRoleWords } from '#shared/role-words.ts'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { RoleDialog } from './role-dialog.tsx'
import classes from './roles.module.css'

export function RolesPage() {
  const t = useWords('roles')
  const tenant = useSlug()
  const may = useMay('roles:write')
  const [edited, setEdited] = useState<RoleView | 'new' | null>(null)
  const { data, error } = useEndpoint(listRoles, { params: { tenant } })
  const own = data?.items.filter(({ builtIn }) => !builtIn) ?? []
  return (
    <Page
      title={t('title')}
      lead={t('rolesLead')}
      actions={
        <span className={stack.row}>
          <Link to="/t/$slug/administrators" params={{ slug: tenant }}>
            {t('who')}
          </Link>
          {may && (
            <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEdited('new')}>
              {t('new')}
            </Button>
          )}
        </span>
      }
    >
      {error && !data && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows rows={6} />}
      {data && (
        <div className={stack.stack}>
          {own.length > 0 && <Roles title={t('own')} roles={own} onEdit={setEdited} />}
          <Roles title={t('builtIn')} roles={data.items.filter(({ builtIn }) => builtIn)} />
        </div>
      )}
      {edited !== null && data && (
        <RoleDialog
          role={edited === 'new' ? null : edited}
          held={data.held}
          onClose={() => setEdited(null)}
        />
      )}
    </Page>
  )
}

type Props = {
  readonly title: string
  readonly roles: readonly RoleView[]
  readonly onEdit?: (role: RoleView) => void
}

function Roles({ title, roles, onEdit }: Props) {
  const t = useWords('roles')
  const tenant = useSlug()
  const may = useMay('roles:write')
  const confirm = useConfirm()
  const remove = useAction(removeRole, {
    readAgain: [listRoles],
    said: () => ({ text: t('roleRemoved') }),
  })
  const take = async (role: RoleView) => {
    const agreed = await confirm({
      title: t('gone', { name: role.name }),
      body: t('goneMeans'),
      act: t('removeRole'),
    })
    if (agreed) remove.mutate({ params: { tenant, role: role.id } })
  }
  return (
    <Panel title={title} flush>
      {remove.error && (
        <PanelBody>
          <ProblemNote error={remove.error} focus />
        </PanelBody>
      )}
      <ul className={stack.plain}>
        {roles.map((role) => (
          <li key={role.id} className={classes.role}>
            <RoleWords role={role} />
            {may && onEdit && role.mayGive ? (
              <span className={stack.row}>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t('editOne', { name: role.name })}
                  onClick={() => onEdit(role)}
                >
                  {t('edit')}
                </Button>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t('removeOne', { name: role.name })}
                  onClick={() => take(role)}
                >
                  {t('remove')}
                </Button>
              </span>
            ) : (
              <span />
            )}
            <Permissions role={role} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function RoleWords({ role }: { readonly role: RoleView }) {
  const t = useWords('roles')
  const say = useRoleWords()
  return (
    <div>
      <span className={classes.name}>
        <span className="strong">{say(role.id, role.name)}</span>
        {role.protected && (
          <>
            <IconLock size={12} aria-hidden className={classes.lock} />
            <ToneText tone="hold">{t('protected')}</ToneText>
          </>
        )}
      </span>
      <p className="tx2">{say(role.id, role.description, 'means')}</p>
      <div className={classes.meta}>
        <span>
          {t('people.count', { count: role.people })}{' '}
          {role.groups > 0 && `, ${t('people.groups', { count: role.groups })}`}
        </span>
        <span>{t(`security.${role.security}`)}</span>
      </div>
    </div>
  )
}

function Permissions({ role }: { readonly role: RoleView }) {
  const t = useWords('roles')
  const say = useRoleWords()
  return (
    <details className={classes.permissions}>
      <summary>{t('permissions', { count: role.permissions.length })}</summary>
      <ul aria-label={t('permissionsOf', { name: say(role.id, role.name) })}>
        {role.permissions.map((permission) => (
          <li key={permission} title={wordOf(permission, t)}>
            <code>{permission}</code>
          </li>
        ))}
      </ul>
    </details>
  )
}
