// Permits or blocks addresses and domains for one user; several may be pasted at once.

import { addSenders, getSenderSummary, listSenders } from '@gatepost/contract/sender.ts'
import { Button, Checkbox, Modal, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
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
  const t = useWords('senders')
  useFocusBack()
  const tenant = useSlug()
  const add = useAction(addSenders, { readAgain: [listSenders, getSenderSummary], onDone: onClose })
  const form = useForm<Values>({
    initialValues,
    validate: {
      user: address,
      senders: (value) => (sendersOf(value).length === 0 ? t('addSenders.writeAnAddressOrADomain') : null),
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
      title={t('addSenders.permitOrBlockSenders')}
      centered
      closeButtonProps={{ 'aria-label': t('addSenders.close') }}
    >
      <form noValidate className={stack.stack} onSubmit={form.onSubmit(save)}>
        <SegmentedControl
          aria-label={t('addSenders.action')}
          data={[
            { value: 'permit', label: t('addSenders.permit') },
            { value: 'block', label: t('addSenders.block') },
          ]}
          {...form.getInputProps('action')}
        />
        <TextInput
          label={t('addSenders.for')}
          description={t('addSenders.theAddressOfThePersonWhose')}
          type="email"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('user')}
        />
        <Textarea
          label={t('addSenders.senders')}
          description={t('addSenders.addressesOrDomainsPartedBy')}
          autosize
          minRows={2}
          maxRows={8}
          autoComplete="off"
          {...form.getInputProps('senders')}
        />
        {action === 'permit' && hasDomain && (
          <Checkbox
            label={t('addSenders.domainsOnlyIfTheMail')}
            description={t('addSenders.spfDkimOrDmarcMustVouchFor')}
            {...form.getInputProps('onlyIfAuthenticated', { type: 'checkbox' })}
          />
        )}
        <TextInput label={t('addSenders.comment')} maxLength={200} {...form.getInputProps('comment')} />
        <DateInput {...form.getInputProps('until')} />
        {add.error && <ProblemNote error={add.error} />}
        <div>
          <Button type="submit" loading={add.isPending}>
            {action === 'permit' ? t('addSenders.permitSenders') : t('addSenders.blockSenders')}
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
