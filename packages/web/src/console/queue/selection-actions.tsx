// From the selection to an order: what needs a route or a reason asks for it, what cannot be undone says so.
import type { QueueAction, QueueFilter, QueuePause } from '@gatepost/contract/queue.ts'
import { useState } from 'react'
import { useWords } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import type { Order } from './act.ts'
import { BounceDialog, RerouteDialog } from './action-dialogs.tsx'
import { hiddenNote, objectOf, questionOf, sentence } from './consequence.ts'
import type { Row } from './queue-rows.ts'
import { actionsFor, nothing, type Selection, targetsOf } from './selection.ts'
import { SelectionBar } from './selection-bar.tsx'

type Props = {
  readonly selection: Selection
  readonly rows: readonly Row[]
  readonly filter: QueueFilter
  readonly routes: QueuePause['routes']
  readonly may: boolean
  readonly running: string | null
  readonly onSelect: (selection: Selection) => void
  readonly onOrder: (order: Order) => void
}

export function SelectionActions(props: Props) {
  const { selection, rows, filter, routes, may, running, onSelect, onOrder } = props
  const confirm = useConfirm()
  const words = useWords('queue')
  const [asking, setAsking] = useState<'reroute' | 'bounce' | null>(null)
  const what = objectOf(selection, words)
  const order = (action: QueueAction, more: { routeId?: string; reason?: string } = {}) => {
    setAsking(null)
    onOrder({ action, targets: targetsOf(selection), ...more })
  }
  const act = async (action: QueueAction) => {
    if (action === 'reroute' || action === 'bounce') return setAsking(action)
    const question = questionOf(action, { selection, filter, words })
    if (question === null || (await confirm(question))) order(action)
  }
  return (
    <>
      <SelectionBar
        selection={selection}
        actions={actionsFor(selection, rows)}
        may={may}
        running={running}
        onAll={() => onSelect({ kind: 'all', filter })}
        onAct={(action) => void act(action)}
        onClear={() => onSelect(nothing)}
      />
      {asking === 'reroute' && (
        <RerouteDialog
          what={what}
          routes={routes}
          onAct={(routeId) => order('reroute', { routeId })}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'bounce' && (
        <BounceDialog
          what={sentence(what)}
          note={hiddenNote({ selection, filter, words })}
          onAct={(reason) => order('bounce', { reason })}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  )
}
