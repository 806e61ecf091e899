// Asks somebody to administer: by a mailed link, or one that is shown and handed on.
import { inviteAdministrator, listInvitations, listRoles } from '@gatepost/contract/role.ts'
import { Button, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SecretNote } from '#shared/secret-note.tsx'
import stack from '#shared/stack.module.css'
import { address, focusFirstWrong, required, useFieldErrors } from '#shared/validation.ts'

export function InvitePanel() {
  const tenant = useSlug()
  const { data: roles } = useEndpoint(listRoles, { params: { tenant } })
  const invite = useAction(inviteAdministrator, {
    readAgain: [listInvitations],
    onDone: () => form.reset(),
  })
  const form = useForm({
    initialValues: { email: '', name: '', role: 'basic', send: 'show' },
    validate: { email: address, name: required('the name of the person') },
  })
  useFieldErrors(form, invite.error)
  const choices = (roles?.items ?? [])
    .filter(({ mayGive, id }) => mayGive && id !== 'end-user')
    .map(({ id, name }) => ({ value: id, label: name }))
  const { role, send } = form.getValues()
  const chosen = roles?.items.find(({ id }) => id === role)
  return (
    <Panel title="Invite an administrator">
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
          <TextInput label="Address" type="email" autoComplete="off" {...form.getInputProps('email')} />
          <TextInput label="Name" autoComplete="off" {...form.getInputProps('name')} />
        </div>
        <Select
          label="Role"
          description={chosen?.description}
          data={choices}
          allowDeselect={false}
          {...form.getInputProps('role')}
        />
        <SegmentedControl
          aria-label="How the link gets there"
          data={[
            { value: 'show', label: 'Show me the link' },
            { value: 'mail', label: 'Mail the link' },
          ]}
          {...form.getInputProps('send')}
        />
        {invite.error && <ProblemNote error={invite.error} focus />}
        {invite.data && <Outcome {...invite.data} />}
        <div>
          <Button type="submit" variant="default" loading={invite.isPending}>
            {send === 'mail' ? 'Mail invitation' : 'Make invitation'}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

function Outcome(props: { readonly invitation: { readonly email: string }; readonly link: string | null }) {
  const { invitation, link } = props
  if (link === null) {
    return (
      <Note tone="ok" role="status" title={`The invitation is on its way to ${invitation.email}`}>
        <p>Its link works once, for seven days.</p>
      </Note>
    )
  }
  return (
    <SecretNote title={`The invitation of ${invitation.email} is ready`} value={link} copy="Copy link">
      Hand this link to the person, and to nobody else: whoever opens it first takes the role. It is shown
      this once and works for seven days.
    </SecretNote>
  )
}
