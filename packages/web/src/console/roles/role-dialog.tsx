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
import { count } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { PermissionGrid } from '#shared/permission-grid.tsx'
import stack from '#shared/stack.module.css'
import { focusFirstWrong, required, useFieldErrors } from '#shared/validation.ts'

type Props = {
  readonly role: RoleView | null
  /** What the editor holds: only that can be given. */
  readonly held: readonly Permission[]
  readonly onClose: () => void
}

export function RoleDialog({ role, held, onClose }: Props) {
  const tenant = useSlug()
  const options = { readAgain: [listRoles, listAdministrators], onDone: onClose }
  const create = useAction(createRole, options)
  const update = useAction(updateRole, options)
  const [permissions, setPermissions] = useState<readonly Permission[]>(role?.permissions ?? ['portal:use'])
  const form = useForm({
    initialValues: { name: role?.name ?? '', description: role?.description ?? '' },
    validate: { name: required('a name for the role') },
  })
  const error = create.error ?? update.error
  useFieldErrors(form, error)
  const may = held.filter((one) => held.includes('roles:protected') || one !== 'roles:protected')
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={role === null ? 'New role' : role.name}
      closeButtonProps={{ 'aria-label': 'Close' }}
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
        <TextInput label="Name" maxLength={80} data-autofocus {...form.getInputProps('name')} />
        <TextInput
          label="What it is for"
          maxLength={300}
          autoComplete="off"
          {...form.getInputProps('description')}
        />
        <PermissionGrid label="Permissions" value={permissions} may={may} onChange={setPermissions} />
        {role !== null && role.people + role.groups > 0 && (
          <Note tone="info" title={`${count(role.people)} people and ${count(role.groups)} groups hold this`}>
            <p>What they may do changes with their next click.</p>
          </Note>
        )}
        {error && <ProblemNote error={error} focus />}
        <div>
          <Button type="submit" loading={create.isPending || update.isPending}>
            {role === null ? 'Make role' : 'Save role'}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
