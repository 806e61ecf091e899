// One user by form: address, name, further addresses.

import { getConnect } from '@gatepost/contract/connect.ts'
import { listDomains } from '@gatepost/contract/domain.ts'
import { addUser, listUsers } from '@gatepost/contract/user.ts'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { address, useFieldErrors } from '#shared/validation.ts'

export function AddUserPanel() {
  const t = useWords('users')
  const tenant = useSlug()
  const may = useMay('users:write')
  const add = useAction(addUser, {
    readAgain: [listUsers, listDomains, getConnect],
    onDone: () => form.reset(),
  })
  const form = useForm({
    initialValues: { email: '', name: '', aliases: '' },
    validate: { email: address, aliases: (value) => wrongAlias(value, t) },
  })
  useFieldErrors(form, add.error)
  if (!may) return null
  return (
    <Panel title={t('add.title')}>
      <form
        noValidate
        className={stack.stack}
        onSubmit={form.onSubmit(({ email, name, aliases }) =>
          add.mutate({ params: { tenant }, body: { email, name, aliases: aliasesOf(aliases) } }),
        )}
      >
        <div className={stack.pair}>
          <TextInput label={t('address')} type="email" autoComplete="off" {...form.getInputProps('email')} />
          <TextInput label={t('displayName')} autoComplete="off" {...form.getInputProps('name')} />
        </div>
        <TextInput
          label={t('further')}
          description={t('add.furtherHint')}
          autoComplete="off"
          {...form.getInputProps('aliases')}
        />
        {add.error && <ProblemNote error={add.error} />}
        {add.data && <Note tone="ok" role="status" title={t('add.done', { email: add.data.email })} />}
        <div>
          <Button type="submit" variant="default" loading={add.isPending}>
            {t('add.act')}
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

function wrongAlias(text: string, t: Words): string | null {
  const wrong = aliasesOf(text).find((alias) => address(alias) !== null)
  return wrong === undefined ? null : t('add.wrongAlias', { alias: wrong })
}
