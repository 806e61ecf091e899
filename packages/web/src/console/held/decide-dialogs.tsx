// Dialogs that ask what a decision about held mail needs: for whom an entry counts, and what a sender is
// told.

import { REJECT_REASONS, type RejectReason } from '@gatepost/contract/held.ts'
import { Button, Checkbox, Modal, NativeSelect, Radio, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useWords } from '#i18n/i18n.ts'
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
  const t = useWords('held')
  useFocusBack()
  return (
    <Modal
      opened
      onClose={onClose}
      title={<span className={confirm.title}>{title}</span>}
      centered
      radius={8}
      closeButtonProps={{ 'aria-label': t('held.close') }}
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
            {t('held.cancel')}
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
  const t = useWords('held')
  const [scope, setScope] = useState<'recipient' | 'everyone'>('recipient')
  const [about, setAbout] = useState<'address' | 'domain'>('address')
  const isPermit = action === 'permit'
  return (
    <Dialog
      title={
        isPermit
          ? t('decideDialogs.releaseAndPermitTheSender', { what })
          : t('decideDialogs.removeAndBlockTheSender', { what })
      }
      act={isPermit ? t('held.releaseAndPermit') : t('decideDialogs.removeAndBlock')}
      onAct={() => onAct({ action, scope, about })}
      onClose={onClose}
    >
      <Radio.Group
        label={t('decideDialogs.theEntryCountsFor')}
        value={scope}
        onChange={(value) => setScope(value as never)}
      >
        <Radio mt={6} value="recipient" label={t('decideDialogs.thoseTheMessageWasFor')} />
        <Radio mt={6} value="everyone" label={t('decideDialogs.everybodyOfTheOrganisation')} />
      </Radio.Group>
      <Radio.Group
        label={t('decideDialogs.itNames')}
        value={about}
        onChange={(value) => setAbout(value as never)}
      >
        <Radio mt={6} value="address" label={t('decideDialogs.theSendersAddress')} />
        <Radio mt={6} value="domain" label={t('decideDialogs.theSendersWholeDomain')} />
      </Radio.Group>
      <p className="small tx2">
        {isPermit ? t('decideDialogs.aPermitNeverSkipsVirus') : t('held.nobodyIsTold')}
      </p>
    </Dialog>
  )
}

export function RejectDialog({ what, onAct, onClose }: Props) {
  const t = useWords('held')
  const [notify, setNotify] = useState(false)
  const [rejectReason, setRejectReason] = useState<RejectReason>('unwanted')
  const [reason, setReason] = useState('')
  return (
    <Dialog
      title={t('decideDialogs.rejectThisCannotBeTaken', { what })}
      act={t('held.reject')}
      onAct={() => onAct({ action: 'reject', notify, rejectReason, reason: reason.trim() })}
      onClose={onClose}
    >
      <Checkbox
        checked={notify}
        onChange={(event) => setNotify(event.currentTarget.checked)}
        label={t('decideDialogs.tellTheSenderWithADelivery')}
      />
      {notify && (
        <NativeSelect
          label={t('decideDialogs.theSenderReads')}
          value={rejectReason}
          onChange={(event) => setRejectReason(event.currentTarget.value as RejectReason)}
          data={Object.entries(REJECT_REASONS).map(([value, label]) => ({ value, label }))}
        />
      )}
      <TextInput
        label={t('held.note')}
        description={
          notify ? t('decideDialogs.behindTheSentenceAboveMay') : t('decideDialogs.forTheRecordMayStayEmpty')
        }
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Dialog>
  )
}
