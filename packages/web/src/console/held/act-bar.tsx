// The buttons of held mail: release, permit, reject, block, remove, and refusing what a user asked for.
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { EntryDialog, RejectDialog } from './decide-dialogs.tsx'
import type { Body } from './use-held.ts'

type Props = {
  /** `3 messages`. */
  readonly what: string
  /** Null where everything that a filter matches is meant. */
  readonly messages: readonly string[] | null
  readonly running: boolean
  /** A user asked for one of them. */
  readonly isAsked: boolean
  readonly onRun: (body: Body) => void
}

export function ActBar({ what, messages, running, isAsked, onRun }: Props) {
  const may = useMay('queue:write')
  const confirm = useConfirm()
  const [open, setOpen] = useState<'permit' | 'block' | 'reject' | null>(null)
  const run = (body: Omit<Body, 'messages'>) => {
    setOpen(null)
    onRun(messages === null ? body : { ...body, messages: [...messages] })
  }
  const discard = async () => {
    const agreed = await confirm({
      title: `${what} will be gone for good`,
      body: 'Nobody is told. The message centre keeps who did it.',
      act: 'Remove',
    })
    if (agreed) run({ action: 'discard' })
  }
  const release = async () => {
    // Many at once go to their recipients at once, and nothing calls them back.
    const agreed =
      messages !== null ||
      (await confirm({
        title: `${what} will be delivered`,
        body: 'What needs a second person waits for that one. A release cannot be taken back.',
        act: 'Release',
      }))
    if (agreed) run({ action: 'release' })
  }
  const disabled = !may || running
  return (
    <>
      <Button disabled={disabled} loading={running} onClick={() => void release()}>
        Release
      </Button>
      <Button variant="default" disabled={disabled} onClick={() => setOpen('permit')}>
        Release and permit
      </Button>
      <Button variant="default" disabled={disabled} onClick={() => setOpen('reject')}>
        Reject
      </Button>
      <Button variant="default" disabled={disabled} onClick={() => setOpen('block')}>
        Block
      </Button>
      <Button variant="default" disabled={disabled} onClick={() => void discard()}>
        Remove
      </Button>
      {isAsked && (
        <Button variant="default" disabled={disabled} onClick={() => run({ action: 'refuse-request' })}>
          Refuse the request
        </Button>
      )}
      {!may && <span className="small tx2">Your role lets you look at held mail, not decide about it.</span>}
      {open === 'reject' && <RejectDialog what={what} onAct={run} onClose={() => setOpen(null)} />}
      {(open === 'permit' || open === 'block') && (
        <EntryDialog action={open} what={what} onAct={run} onClose={() => setOpen(null)} />
      )}
    </>
  )
}
