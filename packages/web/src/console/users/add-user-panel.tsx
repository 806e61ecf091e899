// One user by form: address, name, further addresses.
import { getConnect } from '@gatepost/contract/connect.ts'
import { listDomains } from '@gatepost/contract/domain.ts'
import { addUser, listUsers } from '@gatepost/contract/user.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { address, useFieldErrors } from '#shared/validation.ts'

export function AddUserPanel() {
  const tenant = useSlug()
  const may = useMay('users:write')
  const add = useAction(addUser, {
    readAgain: [listUsers, listDomains, getConnect],
    onDone: () => form.reset(),
  })
  const form = useForm({
    initialValues: { email: '', name: '', aliases: '' },
    validate: { email: address, aliases: (value) => wrongAlias(value) },
  })
  useFieldErrors(form, add.error)
  if (!may) return null
  return (
    <Panel title="Add one user">
      <form
        noValidate
        className={stack.stack}
        onSubmit={form.onSubmit(({ email, name, aliases }) =>
          add.mutate({ params: { tenant }, body: { email, name, aliases: aliasesOf(aliases) } }),
        )}
      >
        <div className={stack.pair}>
          <TextInput label="Address" type="email" autoComplete="off" {...form.getInputProps('email')} />
          <TextInput label="Display name" autoComplete="off" {...form.getInputProps('name')} />
        </div>
        <TextInput
          label="Further addresses"
          description="Aliases of the same person, parted by commas. May stay empty."
          autoComplete="off"
          {...form.getInputProps('aliases')}
        />
        {add.error && <ProblemNote error={add.error} />}
        {add.data && <Note tone="ok" role="status" title={`Added ${add.data.email}`} />}
        <div>
          <Button type="submit" variant="default" loading={add.isPending}>
            Add user
          </Button>
        </div>
      </form>
    </Panel>
  )
}

/** Addresses of a field, parted by commas, semicolons or space. */
export function aliasesOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean)
}

function wrongAlias(text: string): string | null {
  const wrong = aliasesOf(text).find((alias) => address(alias) !== null)
  return wrong === undefined ? null : `${wrong} is not a full address`
}
