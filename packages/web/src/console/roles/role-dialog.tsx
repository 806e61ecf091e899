// Makes or changes a role of the organisation's own.

import type { Permission } from '@gatepost/contract/permission.ts'
import {
  createRole,
  listAdministrators,
  listRoles,
  type RoleView,
  updateRole,
} from '@gatepost/contract/role.ts'
import { Button, Modal, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useFocusBack } from '#shared/focus-back.ts'
import { count } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { PermissionGrid } from '#shared/permission-grid.tsx'
import stack from '#shared/stack.module.css'
import { filled, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'

type Props = {
  readonly role: RoleView | null
  /** What the editor holds: only that can be given. */
  readonly held: readonly Permission[]
  readonly onClose: () => void
}

export function RoleDialog({ role, held, onClose }: Props) {
  const t = useWords('roles')
  useFocusBack()
  const tenant = useSlug()
  const options = { readAgain: [listRoles, listAdministrators], onDone: onClose }
  const create = useAction(createRole, options)
  const update = useAction(updateRole, options)
  const [permissions, setPermissions] = useState<readonly Permission[]>(role?.permissions ?? ['portal:use'])
  const form = useForm({
    initialValues: { name: role?.name ?? '', description: role?.description ?? '' },
    validate: { name: filled(t('dialog.write')) },
  })
  const error = create.error ?? update.error
  useFieldErrors(form, error)
  const may = held.filter((one) => held.includes('roles:protected') || one !== 'roles:protected')
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={role === null ? t('new') : role.name}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form
        noValidate
        className={stack.stack}
        onSubmit={form.onSubmit((fields) => {
          const body = { ...fields, permissions: [...permissions] }
          if (role === null) create.mutate({ params: { tenant }, body })
          else update.mutate({ params: { tenant, role: role.id }, body })
        }, focusFirstWrong)}
      >
        <TextInput label={t('name')} maxLength={80} data-autofocus {...form.getInputProps('name')} />
        <TextInput
          label={t('dialog.what')}
          maxLength={300}
          autoComplete="off"
          {...form.getInputProps('description')}
        />
        <PermissionGrid
          label={t('dialog.permissions')}
          value={permissions}
          may={may}
          onChange={setPermissions}
        />
        {role !== null && role.people + role.groups > 0 && (
          <Note
            tone="info"
            title={t('dialog.hold', { people: count(role.people), groups: count(role.groups) })}
          >
            <p>{t('dialog.next')}</p>
          </Note>
        )}
        {error && <ProblemNote error={error} focus />}
        <div>
          <Button type="submit" loading={create.isPending || update.isPending}>
            {role === null ? t('dialog.make') : t('dialog.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
