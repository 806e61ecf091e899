// Sends a copy of a held message to people of the organisation; it stays held.

import { forwardHeld } from '@gatepost/contract/held.ts'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Note } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { ForwardForm } from './forward-form.tsx'

export function ForwardPanel({
  message,
  onClose,
}: {
  readonly message: string
  readonly onClose: () => void
}) {
  const t = useWords('held')
  const tenant = useSlug()
  const forward = useAction(forwardHeld)
  if (forward.data) {
    return (
      <Note
        tone="ok"
        title={t('forwardPanel.aCopyIsOnItsWayToPeople', { count: forward.data.recipients })}
        role="status"
      >
        {t('forwardPanel.theMessageItselfIsStill')}
      </Note>
    )
  }
  return (
    <Panel title={t('held.forwardACopy')} accent>
      <ForwardForm
        className={stack.form}
        {...{ onClose, isPending: forward.isPending, error: forward.error }}
        send={({ to, note }) => forward.mutate({ params: { tenant, message }, body: { to: [...to], note } })}
      />
    </Panel>
  )
}
