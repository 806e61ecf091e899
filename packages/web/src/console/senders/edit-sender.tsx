// Changes one entry: what it does, whether it asks for authentication, comment and end.
import { getSenderSummary, listSenders, type ManagedSender, updateSender } from '@gatepost/contract/sender.ts'
import { Button, Checkbox, Modal, SegmentedControl, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useFocusBack } from '#shared/focus-back.ts'
import { date } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { DateInput, dayOf, endOfDay } from './date-input.tsx'
import { sourceWords } from './senders-search.ts'

type Props = { readonly entry: ManagedSender; readonly onClose: () => void }

export function EditSender({ entry, onClose }: Props) {
  useFocusBack()
  const tenant = useSlug()
  const save = useAction(updateSender, { readAgain: [listSenders, getSenderSummary], onDone: onClose })
  const form = useForm({
    initialValues: {
      action: entry.action as string,
      onlyIfAuthenticated: entry.onlyIfAuthenticated,
      comment: entry.comment,
      until: entry.expiresAt === null ? '' : dayOf(entry.expiresAt),
    },
  })
  const { action } = form.getValues()
  return (
    <Modal
      opened
      onClose={onClose}
      title={entry.sender}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        noValidate
        className={stack.stack}
        onSubmit={form.onSubmit(({ onlyIfAuthenticated, comment, until }) =>
          save.mutate({
            params: { tenant, sender: entry.id },
            body: {
              action: action === 'block' ? 'block' : 'permit',
              onlyIfAuthenticated,
              comment,
              expiresAt: endOfDay(until),
            },
          }),
        )}
      >
        <p className="small">
          For {entry.user}. {sourceWords[entry.source]}, {entry.createdBy}, {date(entry.createdAt)}.
        </p>
        <SegmentedControl
          aria-label="Action"
          data={[
            { value: 'permit', label: 'Permit' },
            { value: 'block', label: 'Block' },
          ]}
          {...form.getInputProps('action')}
        />
        {action === 'permit' && entry.kind === 'domain' && (
          <Checkbox
            label="Only if the mail authenticates"
            {...form.getInputProps('onlyIfAuthenticated', { type: 'checkbox' })}
          />
        )}
        <TextInput label="Comment" maxLength={200} {...form.getInputProps('comment')} />
        <DateInput {...form.getInputProps('until')} />
        {save.error && <ProblemNote error={save.error} />}
        <div>
          <Button type="submit" loading={save.isPending}>
            Save entry
          </Button>
        </div>
      </form>
    </Modal>
  )
}
