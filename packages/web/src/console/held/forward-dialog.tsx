// Sends copies of the selected held messages to people of the organisation; they stay held.
import { FORWARD_MESSAGES_MAX, forwardHeldMany } from '@gatepost/contract/held.ts'
import { Button, Modal } from '@mantine/core'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import confirm from '#shared/confirm.module.css'
import { useFocusBack } from '#shared/focus-back.ts'
import { Note } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'
import { ForwardForm } from './forward-form.tsx'

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
  const forward = useAction(forwardHeldMany)
  useFocusBack()
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
        <ForwardForm
          className={stack.stack}
          {...{ onClose, isPending: forward.isPending, error: forward.error }}
          send={({ to, note }) =>
            forward.mutate({
              params: { tenant },
              body: { messages: messages.slice(0, FORWARD_MESSAGES_MAX), to: [...to], note },
            })
          }
        />
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
