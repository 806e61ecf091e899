// Dialogs that ask for what an action needs: the route to take, or the reason that senders read.
import type { QueuePause } from '@gatepost/contract/queue.ts'
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import confirm from '#shared/confirm.module.css'
import stack from '#shared/stack.module.css'

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
          <Button type="submit" disabled={disabled ?? false}>
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

type RerouteProps = {
  /** `3 messages`. */
  readonly what: string
  readonly routes: QueuePause['routes']
  readonly onAct: (routeId: string) => void
  readonly onClose: () => void
}

export function RerouteDialog({ what, routes, onAct, onClose }: RerouteProps) {
  const [routeId, setRouteId] = useState(routes[0]?.id ?? '')
  return (
    <Dialog
      title={`Reroute ${what}`}
      act="Reroute"
      disabled={routeId === ''}
      onAct={() => onAct(routeId)}
      onClose={onClose}
    >
      <NativeSelect
        label="Delivery route"
        description="Taken for these messages from now on, whatever the settings say. Other mail keeps its route."
        value={routeId}
        onChange={(event) => setRouteId(event.currentTarget.value)}
        data={routes.map(({ id, name, paused }) => ({
          value: id,
          label: paused ? `${name} (paused)` : name,
        }))}
      />
      {routes.length === 0 && (
        <p className="tx2">There is no delivery route yet. Add one under Delivery routes.</p>
      )}
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
  const [reason, setReason] = useState('')
  return (
    <Dialog
      title={`Senders are told: not delivered`}
      act="Bounce"
      onAct={() => onAct(reason.trim())}
      onClose={onClose}
    >
      <p className="tx2">
        {what}: delivery ends here and a delivery report goes to each sender that is proven. This cannot be
        taken back. {note}
      </p>
      <TextInput
        label="Reason"
        description="One line, may stay empty. Stands in the report and on the message’s page."
        maxLength={REASON_MAX}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
    </Dialog>
  )
}
