// Dialogs that ask what a decision about held mail needs: for whom an entry counts, and what a sender is
// told.
import { REJECT_REASONS, type RejectReason } from '@gatepost/contract/held.ts'
import { Button, Checkbox, Modal, NativeSelect, Radio, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import confirm from '#shared/confirm.module.css'
import { useFocusBack } from '#shared/focus-back.ts'
import stack from '#shared/stack.module.css'
import type { Body } from './use-held.ts'

type Props = {
  /** `3 messages`. */
  readonly what: string
  readonly onAct: (body: Omit<Body, 'messages'>) => void
  readonly onClose: () => void
}

function Dialog({
  title,
  act,
  onAct,
  onClose,
  children,
}: {
  readonly title: string
  readonly act: string
  readonly onAct: () => void
  readonly onClose: () => void
  readonly children: ReactNode
}) {
  useFocusBack()
  return (
    <Modal
      opened
      onClose={onClose}
      title={<span className={confirm.title}>{title}</span>}
      centered
      radius={8}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        className={stack.stack}
        onSubmit={(event) => {
          event.preventDefault()
          onAct()
        }}
      >
        {children}
        <div className={stack.row}>
          <Button type="submit" data-autofocus>
            {act}
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/** Permit or block: whom the entry is for, and how much of the sender it names. */
export function EntryDialog({
  action,
  what,
  onAct,
  onClose,
}: Props & { readonly action: 'permit' | 'block' }) {
  const [scope, setScope] = useState<'recipient' | 'everyone'>('recipient')
  const [about, setAbout] = useState<'address' | 'domain'>('address')
  const isPermit = action === 'permit'
  return (
    <Dialog
      title={isPermit ? `Release ${what} and permit the sender` : `Remove ${what} and block the sender`}
      act={isPermit ? 'Release and permit' : 'Remove and block'}
      onAct={() => onAct({ action, scope, about })}
      onClose={onClose}
    >
      <Radio.Group label="The entry counts for" value={scope} onChange={(value) => setScope(value as never)}>
        <Radio mt={6} value="recipient" label="Those the message was for" />
        <Radio mt={6} value="everyone" label="Everybody of the organisation" />
      </Radio.Group>
      <Radio.Group label="It names" value={about} onChange={(value) => setAbout(value as never)}>
        <Radio mt={6} value="address" label="The sender’s address" />
        <Radio mt={6} value="domain" label="The sender’s whole domain" />
      </Radio.Group>
      <p className="small tx2">
        {isPermit
          ? 'A permit never skips virus checks, attachment rules, anti-spoofing or blocked senders.'
          : 'Nobody is told. The message centre keeps who did it.'}
      </p>
    </Dialog>
  )
}

export function RejectDialog({ what, onAct, onClose }: Props) {
  const [notify, setNotify] = useState(false)
  const [rejectReason, setRejectReason] = useState<RejectReason>('unwanted')
  const [reason, setReason] = useState('')
  return (
    <Dialog
      title={`Reject ${what}: this cannot be taken back`}
      act="Reject"
      onAct={() => onAct({ action: 'reject', notify, rejectReason, reason: reason.trim() })}
      onClose={onClose}
    >
      <Checkbox
        checked={notify}
        onChange={(event) => setNotify(event.currentTarget.checked)}
        label="Tell the sender with a delivery report, where the sender is proven"
      />
      {notify && (
        <NativeSelect
          label="The sender reads"
          value={rejectReason}
          onChange={(event) => setRejectReason(event.currentTarget.value as RejectReason)}
          data={Object.entries(REJECT_REASONS).map(([value, label]) => ({ value, label }))}
        />
      )}
      <TextInput
        label="Note"
        description={
          notify ? 'Behind the sentence above; may stay empty.' : 'For the record; may stay empty.'
        }
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Dialog>
  )
}
