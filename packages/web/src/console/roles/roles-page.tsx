// Roles: what each lets do, and roles of one's own made of permissions.
import { listRoles, type RoleView, removeRole } from '@gatepost/contract/role.ts'
import { Button } from '@mantine/core'
import { IconLock, IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { count } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { wordOf } from '#shared/permission-grid.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { ToneText } from '#shared/status-word.tsx'
import { RoleDialog } from './role-dialog.tsx'
import classes from './roles.module.css'

export function RolesPage() {
  const tenant = useSlug()
  const may = useMay('roles:write')
  const [edited, setEdited] = useState<RoleView | 'new' | null>(null)
  const { data, error } = useEndpoint(listRoles, { params: { tenant } })
  const own = data?.items.filter(({ builtIn }) => !builtIn) ?? []
  return (
    <Page
      title="Roles"
      lead="A role is a list of permissions. Super administrators alone give protected ones, such as reading content."
      actions={
        <span className={stack.row}>
          <Link to="/t/$slug/administrators" params={{ slug: tenant }}>
            Who holds which
          </Link>
          {may && (
            <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEdited('new')}>
              New role
            </Button>
          )}
        </span>
      }
    >
      {error && !data && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows rows={6} />}
      {data && (
        <div className={stack.stack}>
          {own.length > 0 && <Roles title="Your own roles" roles={own} onEdit={setEdited} />}
          <Roles title="Built-in roles" roles={data.items.filter(({ builtIn }) => builtIn)} />
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
  const tenant = useSlug()
  const may = useMay('roles:write')
  const confirm = useConfirm()
  const remove = useAction(removeRole, {
    readAgain: [listRoles],
    said: () => ({ text: 'The role is removed.' }),
  })
  const take = async (role: RoleView) => {
    const agreed = await confirm({
      title: `The role ${role.name} is gone for good`,
      body: 'Nobody holds it. What it let do stays in the audit log.',
      act: 'Remove role',
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
                  aria-label={`Edit ${role.name}`}
                  onClick={() => onEdit(role)}
                >
                  Edit
                </Button>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`Remove ${role.name}`}
                  onClick={() => take(role)}
                >
                  Remove
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

const securityWords = {
  none: 'cannot manage roles',
  application: 'manages unprotected roles',
  protected: 'manages all roles',
} as const

function RoleWords({ role }: { readonly role: RoleView }) {
  return (
    <div>
      <span className={classes.name}>
        <span className="strong">{role.name}</span>
        {role.protected && (
          <>
            <IconLock size={12} aria-hidden className={classes.lock} />
            <ToneText tone="hold">protected</ToneText>
          </>
        )}
      </span>
      <p className="tx2">{role.description}</p>
      <div className={classes.meta}>
        <span>
          {role.people === 1 ? 'One person' : `${count(role.people)} people`}
          {role.groups > 0 && `, ${count(role.groups)} groups`}
        </span>
        <span>{securityWords[role.security]}</span>
      </div>
    </div>
  )
}

function Permissions({ role }: { readonly role: RoleView }) {
  return (
    <details className={classes.permissions}>
      <summary>
        {role.permissions.length === 1 ? 'One permission' : `${count(role.permissions.length)} permissions`}
      </summary>
      <ul aria-label={`Permissions of ${role.name}`}>
        {role.permissions.map((permission) => (
          <li key={permission} title={wordOf(permission)}>
            <code>{permission}</code>
          </li>
        ))}
      </ul>
    </details>
  )
}
