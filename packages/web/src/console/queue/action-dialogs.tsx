// Dialogs that ask for what an action needs: the route to take, or the reason that senders read.
import type { QueuePause } from '@gatepost/contract/queue.ts'
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useWords } from '#i18n/i18n.ts'
import confirm from '#shared/confirm.module.css'
import { useFocusBack } from '#shared/focus-back.ts'
import stack from '#shared/stack.module.css'
import { sentence } from './consequence.ts'

const REASON_MAX = 200

type DialogProps = {
  readonly title: string
  readonly act: string
  readonly disabled?: boolean
  readonly onAct: () => void
  readonly onClose: () => void
  readonly children: ReactNode
}

function Dialog({ title, act, disabled, onAct, onClose, children }: DialogProps) {
  useFocusBack()
  const words = useWords('queue')
  return (
    <Modal
      opened
      onClose={onClose}
      title={<span className={confirm.title}>{title}</span>}
      centered
      radius={8}
      closeButtonProps={{ 'aria-label': words('close') }}
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
          <Button type="submit" disabled={disabled ?? false}>
            {act}
          </Button>
          <Button variant="default" onClick={onClose}>
            {words('cancel')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

type RerouteProps = {
  /** `3 messages`. */
  readonly what: string
  readonly routes: QueuePause['routes']
  readonly onAct: (routeId: string) => void
  readonly onClose: () => void
}

export function RerouteDialog({ what, routes, onAct, onClose }: RerouteProps) {
  const words = useWords('queue')
  const [routeId, setRouteId] = useState(routes[0]?.id ?? '')
  return (
    <Dialog
      title={sentence(words('ask.reroute', { what }))}
      act={words('act.reroute')}
      disabled={routeId === ''}
      onAct={() => onAct(routeId)}
      onClose={onClose}
    >
      <NativeSelect
        label={words('ask.route')}
        description={words('ask.routeText')}
        value={routeId}
        onChange={(event) => setRouteId(event.currentTarget.value)}
        data={routes.map(({ id, name, paused }) => ({
          value: id,
          label: paused ? words('ask.pausedRoute', { name }) : name,
        }))}
      />
      {routes.length === 0 && <p className="tx2">{words('ask.noRoute')}</p>}
    </Dialog>
  )
}

type BounceProps = {
  readonly what: string
  readonly note: string
  readonly onAct: (reason: string) => void
  readonly onClose: () => void
}

export function BounceDialog({ what, note, onAct, onClose }: BounceProps) {
  const words = useWords('queue')
  const [reason, setReason] = useState('')
  return (
    <Dialog
      title={words('ask.bounce')}
      act={words('act.bounce')}
      onAct={() => onAct(reason.trim())}
      onClose={onClose}
    >
      <p className="tx2">{words('ask.bounceText', { what, note })}</p>
      <TextInput
        label={words('ask.reason')}
        description={words('ask.reasonText')}
        maxLength={REASON_MAX}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
    </Dialog>
  )
}
