// Changes one user: name, further addresses, sign-in; or removes it, with what that means for mail.
import { getConnect } from '@gatepost/contract/connect.ts'
import { listDomains } from '@gatepost/contract/domain.ts'
import { listUsers, removeUser, type User, updateUser } from '@gatepost/contract/user.ts'
import { Button, Modal, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { useFieldErrors } from '#shared/validation.ts'
import { aliasesOf } from './add-user-panel.tsx'

const READ_AGAIN = [listUsers, listDomains, getConnect]

export function UserDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const tenant = useSlug()
  const confirm = useConfirm()
  const save = useAction(updateUser, { readAgain: READ_AGAIN, onDone: onClose })
  const remove = useAction(removeUser, { readAgain: READ_AGAIN, onDone: onClose })
  const form = useForm({
    initialValues: { name: user.name, aliases: user.aliases.join(', '), enabled: user.enabled },
  })
  useFieldErrors(form, save.error)
  const params = { tenant, user: user.id }
  const ask = async () => {
    const agreed = await confirm({
      title: `Mail to ${user.email} is then refused`,
      body: 'Domains with known recipients answer 550 5.1.1. Mail already accepted is still delivered.',
      act: 'Remove user',
      keep: 'Keep user',
    })
    if (agreed) remove.mutate({ params })
  }
  return (
    <Modal opened onClose={onClose} title={user.email} centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        noValidate
        className={stack.stack}
        onSubmit={form.onSubmit(({ name, aliases, enabled }) =>
          save.mutate({
            params,
            body: { name, aliases: aliasesOf(aliases), enabled },
            revision: user.revision,
          }),
        )}
      >
        <TextInput label="Display name" data-autofocus {...form.getInputProps('name')} />
        <TextInput
          label="Further addresses"
          description="Parted by commas."
          {...form.getInputProps('aliases')}
        />
        <Switch
          label="May sign in"
          description="Off stops sign-in, never mail."
          {...form.getInputProps('enabled', { type: 'checkbox' })}
        />
        {save.error && <ProblemNote error={save.error} />}
        {remove.error && <ProblemNote error={remove.error} />}
        <div className={stack.row}>
          <Button type="submit" loading={save.isPending}>
            Save user
          </Button>
          <Button variant="default" onClick={ask} loading={remove.isPending}>
            Remove user
          </Button>
        </div>
      </form>
    </Modal>
  )
}
