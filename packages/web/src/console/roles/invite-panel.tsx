// Asks somebody to administer: by a mailed link, or one that is shown and handed on.

import { inviteAdministrator, listInvitations, listRoles } from '@gatepost/contract/role.ts'
import { Button, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { useRoleWords } from '#shared/role-words.ts'
import { SecretNote } from '#shared/secret-note.tsx'
import stack from '#shared/stack.module.css'
import { address, filled, focusFirstWrong, useFieldErrors } from '#shared/validation.ts'

export function InvitePanel() {
  const t = useWords('roles')
  const tenant = useSlug()
  const say = useRoleWords()
  const { data: roles } = useEndpoint(listRoles, { params: { tenant } })
  const invite = useAction(inviteAdministrator, {
    readAgain: [listInvitations],
    onDone: () => form.reset(),
  })
  const form = useForm({
    initialValues: { email: '', name: '', role: 'basic', send: 'show' },
    validate: { email: address, name: filled(t('invite.write')) },
  })
  useFieldErrors(form, invite.error)
  const choices = (roles?.items ?? [])
    .filter(({ mayGive, id }) => mayGive && id !== 'end-user')
    .map(({ id, name }) => ({ value: id, label: say(id, name) }))
  const { role, send } = form.getValues()
  const chosen = roles?.items.find(({ id }) => id === role)
  return (
    <Panel title={t('invite.title')}>
      <form
        noValidate
        className={stack.stack}
        onSubmit={form.onSubmit(
          (body) =>
            invite.mutate({
              params: { tenant },
              body: { ...body, send: body.send === 'mail' ? 'mail' : 'show' },
            }),
          focusFirstWrong,
        )}
      >
        <div className={stack.pair}>
          <TextInput
            label={t('invite.address')}
            type="email"
            autoComplete="off"
            {...form.getInputProps('email')}
          />
          <TextInput label={t('name')} autoComplete="off" {...form.getInputProps('name')} />
        </div>
        <Select
          label={t('role')}
          description={chosen && say(chosen.id, chosen.description, 'means')}
          data={choices}
          allowDeselect={false}
          {...form.getInputProps('role')}
        />
        <SegmentedControl
          aria-label={t('invite.how')}
          data={[
            { value: 'show', label: t('invite.show') },
            { value: 'mail', label: t('invite.mail') },
          ]}
          {...form.getInputProps('send')}
        />
        {invite.error && <ProblemNote error={invite.error} focus />}
        {invite.data && <Outcome {...invite.data} />}
        <div>
          <Button type="submit" variant="default" loading={invite.isPending}>
            {send === 'mail' ? t('invite.mailAct') : t('invite.makeAct')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

function Outcome(props: { readonly invitation: { readonly email: string }; readonly link: string | null }) {
  const t = useWords('roles')
  const { invitation, link } = props
  if (link === null) {
    return (
      <Note tone="ok" role="status" title={t('invite.onWay', { email: invitation.email })}>
        <p>{t('invite.once')}</p>
      </Note>
    )
  }
  return (
    <SecretNote title={t('invite.ready', { email: invitation.email })} value={link} copy={t('invite.copy')}>
      {t('invite.hand')}
    </SecretNote>
  )
}
