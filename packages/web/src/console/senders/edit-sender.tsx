// Changes one entry: what it does, whether it asks for authentication, comment and end.

import { getSenderSummary, listSenders, type ManagedSender, updateSender } from '@gatepost/contract/sender.ts'
import { Button, Checkbox, Modal, SegmentedControl, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useFocusBack } from '#shared/focus-back.ts'
import { date } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { DateInput, dayOf, endOfDay } from './date-input.tsx'
import { sourceWordsOf } from './senders-search.ts'

type Props = { readonly entry: ManagedSender; readonly onClose: () => void }

export function EditSender({ entry, onClose }: Props) {
  const t = useWords('senders')
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
      closeButtonProps={{ 'aria-label': t('editSender.close') }}
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
          {t('editSender.for', {
            user: entry.user,
            value: sourceWordsOf(t)[entry.source],
            createdBy: entry.createdBy,
            createdAt: date(entry.createdAt),
          })}
        </p>
        <SegmentedControl
          aria-label={t('editSender.action')}
          data={[
            { value: 'permit', label: t('editSender.permit') },
            { value: 'block', label: t('editSender.block') },
          ]}
          {...form.getInputProps('action')}
        />
        {action === 'permit' && entry.kind === 'domain' && (
          <Checkbox
            label={t('editSender.onlyIfTheMailAuthenticates')}
            {...form.getInputProps('onlyIfAuthenticated', { type: 'checkbox' })}
          />
        )}
        <TextInput label={t('editSender.comment')} maxLength={200} {...form.getInputProps('comment')} />
        <DateInput {...form.getInputProps('until')} />
        {save.error && <ProblemNote error={save.error} />}
        <div>
          <Button type="submit" loading={save.isPending}>
            {t('editSender.saveEntry')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
