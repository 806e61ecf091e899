// Sends a copy of a held message to people of the organisation; it stays held.

import { forwardHeld } from '@gatepost/contract/held.ts'
import { Button, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'

export function ForwardPanel({
  message,
  onClose,
}: {
  readonly message: string
  readonly onClose: () => void
}) {
  const t = useWords('held')
  const tenant = useSlug()
  const [to, setTo] = useState('')
  const [note, setNote] = useState('')
  const forward = useAction(forwardHeld)
  const addresses = to.split(/[\s,;]+/).filter((address) => address !== '')
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
      <form
        className={stack.form}
        onSubmit={(event) => {
          event.preventDefault()
          forward.mutate({ params: { tenant, message }, body: { to: addresses, note: note.trim() } })
        }}
      >
        <TextInput
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
    </Panel>
  )
}
