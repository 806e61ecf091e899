// Sends copies of the selected held messages to people of the organisation; they stay held.
import { FORWARD_MESSAGES_MAX, forwardHeldMany } from '@gatepost/contract/held.ts'
import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import confirm from '#shared/confirm.module.css'
import { useFocusBack } from '#shared/focus-back.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'

const LEFT_SHOWN_MAX = 5

type Props = {
  /** `3 messages`. */
  readonly what: string
  readonly messages: readonly string[]
  readonly onClose: () => void
}

export function ForwardDialog({ what, messages, onClose }: Props) {
  const t = useWords('held')
  const tenant = useSlug()
  const [to, setTo] = useState('')
  const [note, setNote] = useState('')
  const forward = useAction(forwardHeldMany)
  useFocusBack()
  const addresses = to.split(/[\s,;]+/).filter((address) => address !== '')
  const send = () => {
    const body = { messages: messages.slice(0, FORWARD_MESSAGES_MAX), to: addresses, note: note.trim() }
    forward.mutate({ params: { tenant }, body })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={<span className={confirm.title}>{t('forwardPanel.copiesOf', { what })}</span>}
      centered
      radius={8}
      closeButtonProps={{ 'aria-label': t('held.close') }}
    >
      {forward.data ? (
        <Sent data={forward.data} onClose={onClose} />
      ) : (
        <form
          className={stack.stack}
          onSubmit={(event) => {
            event.preventDefault()
            send()
          }}
        >
          <TextInput
            data-autofocus
            label={t('held.to')}
            description={t('forwardPanel.addressesOfYour')}
            required
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <Textarea
            label={t('held.note')}
            autosize
            minRows={2}
            maxLength={2_000}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          {forward.error && <ProblemNote error={forward.error} focus />}
          <div className={stack.row}>
            <Button type="submit" loading={forward.isPending} disabled={addresses.length === 0}>
              {t('forwardPanel.forward')}
            </Button>
            <Button variant="default" onClick={onClose}>
              {t('held.cancel')}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  )
}

type SentProps = {
  readonly data: {
    readonly messages: number
    readonly left: readonly { readonly id: string; readonly why: string }[]
  }
  readonly onClose: () => void
}

function Sent({ data: { messages, left }, onClose }: SentProps) {
  const t = useWords('held')
  return (
    <div className={stack.stack}>
      <Note
        tone={left.length > 0 ? 'warn' : 'ok'}
        title={t('forwardPanel.copiesSent', { count: messages })}
        role="status"
      >
        {left.length > 0 && (
          <ul>
            {left.slice(0, LEFT_SHOWN_MAX).map(({ id, why }) => (
              <li key={id}>{why}</li>
            ))}
            {left.length > LEFT_SHOWN_MAX && (
              <li>{t('resultNote.andMore', { length: left.length - LEFT_SHOWN_MAX })}</li>
            )}
          </ul>
        )}
      </Note>
      <div className={stack.row}>
        <Button data-autofocus onClick={onClose}>
          {t('held.close')}
        </Button>
      </div>
    </div>
  )
}
