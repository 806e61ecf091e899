// Changes one user: name, further addresses, attributes, sign-in. What a directory says stands fast here.

import { getConnect } from '@gatepost/contract/connect.ts'
import { listDomains } from '@gatepost/contract/domain.ts'
import { getUser, listUsers, type UserDetail, updateUser } from '@gatepost/contract/user.ts'
import { Button, Modal, Switch, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { useFieldErrors } from '#shared/validation.ts'
import { aliasesOf } from './add-user-panel.tsx'

const READ_AGAIN = [listUsers, getUser, listDomains, getConnect]
const HERE = 'Written here'

export function UserDialog({ user, onClose }: { readonly user: UserDetail; readonly onClose: () => void }) {
  const t = useWords('users')
  const tenant = useSlug()
  const save = useAction(updateUser, { readAgain: READ_AGAIN, onDone: onClose })
  const form = useForm({
    initialValues: {
      name: user.name,
      aliases: user.aliases.join(', '),
      attributes: user.attributes
        .filter(({ from }) => from === HERE)
        .map(({ name, value }) => `${name}: ${value}`)
        .join('\n'),
      enabled: user.enabled,
    },
    validate: {
      attributes: (text) => (attributesOf(text) === null ? t('edit.attributesWrong') : null),
    },
  })
  useFieldErrors(form, save.error)
  return (
    <Modal
      opened
      onClose={onClose}
      title={user.email}
      centered
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form
        noValidate
        className={stack.stack}
        onSubmit={form.onSubmit(({ name, aliases, attributes, enabled }) =>
          save.mutate({
            params: { tenant, user: user.id },
            body: {
              ...(user.fromDirectory ? {} : { name }),
              aliases: aliasesOf(aliases),
              attributes: attributesOf(attributes) ?? [],
              ...(enabled === user.enabled ? {} : { enabled }),
            },
            revision: user.revision,
          }),
        )}
      >
        <TextInput
          label={t('displayName')}
          data-autofocus
          disabled={user.fromDirectory}
          description={user.fromDirectory ? t('edit.nameThere') : undefined}
          {...form.getInputProps('name')}
        />
        <TextInput
          label={t('further')}
          description={user.fromDirectory ? t('edit.commasThere') : t('edit.commas')}
          {...form.getInputProps('aliases')}
        />
        <Textarea
          label={t('attributes')}
          description={t('edit.attributesHint')}
          autosize
          minRows={2}
          maxRows={8}
          {...form.getInputProps('attributes')}
        />
        {user.kind === 'user' && (
          <Switch
            label={t('maySignIn')}
            description={t('edit.maySignInHint')}
            {...form.getInputProps('enabled', { type: 'checkbox' })}
          />
        )}
        {save.error && <ProblemNote error={save.error} />}
        <div>
          <Button type="submit" loading={save.isPending}>
            {t('edit.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/** Lines of `Name: value`; null when one is none. */
function attributesOf(text: string): { name: string; value: string }[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const pairs = lines.map((line) => {
    const at = line.indexOf(':')
    return { name: line.slice(0, at).trim(), value: line.slice(at + 1).trim() }
  })
  return pairs.some(({ name }, index) => name === '' || !lines[index]!.includes(':')) ? null : pairs
}
