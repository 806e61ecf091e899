// To whom copies of held messages go, and what is said with them.
import { Button, Textarea, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import stack from '#shared/stack.module.css'

type Props = {
  readonly send: (asked: { readonly to: readonly string[]; readonly note: string }) => void
  readonly isPending: boolean
  readonly error: unknown
  readonly onClose: () => void
  readonly className?: string | undefined
}

export function ForwardForm({ send, isPending, error, onClose, className }: Props): ReactNode {
  const t = useWords('held')
  const [to, setTo] = useState('')
  const [note, setNote] = useState('')
  const addresses = to.split(/[\s,;]+/).filter((address) => address !== '')
  return (
    <form
      className={className}
      onSubmit={(event) => {
        event.preventDefault()
        send({ to: addresses, note: note.trim() })
      }}
    >
      <TextInput
        data-autofocus
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
      {error != null && <ProblemNote error={error} focus />}
      <div className={stack.row}>
        <Button type="submit" loading={isPending} disabled={addresses.length === 0}>
          {t('forwardPanel.forward')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('held.cancel')}
        </Button>
      </div>
    </form>
  )
}
