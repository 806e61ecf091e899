// The buttons of held mail: release, permit, reject, block, remove, and refusing what a user asked for.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { EntryDialog, RejectDialog } from './decide-dialogs.tsx'
import { ForwardDialog } from './forward-dialog.tsx'
import type { Body } from './use-held.ts'

type Props = {
  /** `3 messages`. */
  readonly what: string
  /** Null where everything that a filter matches is meant. */
  readonly messages: readonly string[] | null
  readonly running: boolean
  /** A user asked for one of them. */
  readonly isAsked: boolean
  /** Copies may be forwarded from here. */
  readonly withForward?: boolean
  readonly onRun: (body: Body) => void
}

export function ActBar({ what, messages, running, isAsked, withForward = false, onRun }: Props) {
  const t = useWords('held')
  const may = useMay('queue:write')
  const mayRead = useMay('held:content')
  const confirm = useConfirm()
  const [open, setOpen] = useState<'permit' | 'block' | 'reject' | 'forward' | null>(null)
  const run = (body: Omit<Body, 'messages'>) => {
    setOpen(null)
    onRun(messages === null ? body : { ...body, messages: [...messages] })
  }
  const discard = async () => {
    const agreed = await confirm({
      title: t('actBar.willBeGoneForGood', { what }),
      body: t('held.nobodyIsTold'),
      act: t('held.remove'),
    })
    if (agreed) run({ action: 'discard' })
  }
  const release = async () => {
    // Many at once go to their recipients at once, and nothing calls them back.
    const agreed =
      messages !== null ||
      (await confirm({
        title: t('actBar.willBeDelivered', { what }),
        body: t('actBar.whatNeedsASecondPerson'),
        act: t('held.release'),
      }))
    if (agreed) run({ action: 'release' })
  }
  const disabled = !may || running
  return (
    <>
      <Button disabled={disabled} loading={running} onClick={() => void release()}>
        {t('held.release')}
      </Button>
      <Button variant="default" disabled={disabled} onClick={() => setOpen('permit')}>
        {t('held.releaseAndPermit')}
      </Button>
      <Button variant="default" disabled={disabled} onClick={() => setOpen('reject')}>
        {t('held.reject')}
      </Button>
      <Button variant="default" disabled={disabled} onClick={() => setOpen('block')}>
        {t('actBar.block')}
      </Button>
      <Button variant="default" disabled={disabled} onClick={() => void discard()}>
        {t('held.remove')}
      </Button>
      {isAsked && (
        <Button variant="default" disabled={disabled} onClick={() => run({ action: 'refuse-request' })}>
          {t('actBar.refuseTheRequest')}
        </Button>
      )}
      {withForward && messages !== null && mayRead && (
        <Button variant="default" disabled={running} onClick={() => setOpen('forward')}>
          {t('forwardPanel.copies')}
        </Button>
      )}
      {!may && <span className="small tx2">{t('actBar.yourRoleLetsYouLookAtHeld')}</span>}
      {open === 'forward' && messages !== null && (
        <ForwardDialog what={what} messages={messages} onClose={() => setOpen(null)} />
      )}
      {open === 'reject' && <RejectDialog what={what} onAct={run} onClose={() => setOpen(null)} />}
      {(open === 'permit' || open === 'block') && (
        <EntryDialog action={open} what={what} onAct={run} onClose={() => setOpen(null)} />
      )}
    </>
  )
}
