// Permits or blocks addresses and domains for one user; several may be pasted at once.
import { addSenders, getSenderSummary, listSenders } from '@gatepost/contract/sender.ts'
import { Button, Checkbox, Modal, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useFocusBack } from '#shared/focus-back.ts'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { address } from '#shared/validation.ts'
import { DateInput, endOfDay } from './date-input.tsx'

type Values = {
  user: string
  senders: string
  action: string
  onlyIfAuthenticated: boolean
  comment: string
  until: string
}

const initialValues: Values = {
  user: '',
  senders: '',
  action: 'permit',
  onlyIfAuthenticated: true,
  comment: '',
  until: '',
}

export function AddSenders({ onClose }: { readonly onClose: () => void }) {
  useFocusBack()
  const tenant = useSlug()
  const add = useAction(addSenders, { readAgain: [listSenders, getSenderSummary], onDone: onClose })
  const form = useForm<Values>({
    initialValues,
    validate: {
      user: address,
      senders: (value) => (sendersOf(value).length === 0 ? 'Write an address or a domain' : null),
    },
  })
  const { action } = form.getValues()
  const hasDomain = sendersOf(form.getValues().senders).some((sender) => sender.lastIndexOf('@') <= 0)
  const save = ({ user, senders, onlyIfAuthenticated, comment, until }: Values) =>
    add.mutate({
      params: { tenant },
      body: {
        user,
        senders: sendersOf(senders),
        action: action === 'block' ? 'block' : 'permit',
        onlyIfAuthenticated,
        comment,
        expiresAt: endOfDay(until),
      },
    })
  return (
    <Modal
      opened
      onClose={onClose}
      title="Permit or block senders"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form noValidate className={stack.stack} onSubmit={form.onSubmit(save)}>
        <SegmentedControl
          aria-label="Action"
          data={[
            { value: 'permit', label: 'Permit' },
            { value: 'block', label: 'Block' },
          ]}
          {...form.getInputProps('action')}
        />
        <TextInput
          label="For"
          description="The address of the person whose list this is."
          type="email"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('user')}
        />
        <Textarea
          label="Senders"
          description="Addresses or domains, parted by spaces or lines. A domain means its sub-domains too."
          autosize
          minRows={2}
          maxRows={8}
          autoComplete="off"
          {...form.getInputProps('senders')}
        />
        {action === 'permit' && hasDomain && (
          <Checkbox
            label="Domains only if the mail authenticates"
            description="SPF, DKIM or DMARC must vouch for the sender."
            {...form.getInputProps('onlyIfAuthenticated', { type: 'checkbox' })}
          />
        )}
        <TextInput label="Comment" maxLength={200} {...form.getInputProps('comment')} />
        <DateInput {...form.getInputProps('until')} />
        {add.error && <ProblemNote error={add.error} />}
        <div>
          <Button type="submit" loading={add.isPending}>
            {action === 'permit' ? 'Permit senders' : 'Block senders'}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/** What was pasted, parted by white space, commas or semicolons. */
export function sendersOf(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))]
}
