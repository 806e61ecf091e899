// Removes all entries that the filters find, a part at a time, with how far it is.

import { getSenderSummary, listSenders, removeSenders, type SenderFilter } from '@gatepost/contract/sender.ts'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api/call.ts'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { count } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { entriesOf } from './senders-search.ts'

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'working' | 'done'; readonly removed: number }
  | { readonly kind: 'failed'; readonly error: unknown }

type Props = { readonly filter: SenderFilter; readonly onDone: () => void }

export function RemoveFound({ filter, onDone }: Props) {
  const t = useWords('senders')
  const tenant = useSlug()
  const confirm = useConfirm()
  const client = useQueryClient()
  const [state, setState] = useState<State>({ kind: 'idle' })
  const removeAll = async () => {
    let removed = 0
    setState({ kind: 'working', removed })
    for (let more = true; more; ) {
      const part = await call(removeSenders, { params: { tenant }, body: filter })
      removed += part.removed
      more = part.more
      setState({ kind: 'working', removed })
    }
    setState({ kind: 'done', removed })
  }
  const ask = async () => {
    const agreed = await confirm({
      title: t('removeFound.allAreRemoved', { filter: entriesOf(t, filter) }),
      body: t('removeFound.notOnlyTheEntriesOnThis'),
      act: t('removeFound.removeAllFound'),
      keep: t('removeFound.keepThem'),
    })
    if (!agreed) return
    await removeAll().catch((error: unknown) => setState({ kind: 'failed', error }))
    onDone()
    await Promise.all(
      [listSenders, getSenderSummary].map(({ name }) => client.invalidateQueries({ queryKey: [name] })),
    )
  }
  return (
    <>
      <Button variant="default" loading={state.kind === 'working'} onClick={() => void ask()}>
        {t('removeFound.removeAllFound')}
      </Button>
      {state.kind === 'working' && (
        <span role="status">{t('removeFound.removed', { removed: count(state.removed) })}</span>
      )}
      {state.kind === 'done' && (
        <Note tone="ok" role="status" title={t('removeFound.entriesRemoved', { count: state.removed })} />
      )}
      {state.kind === 'failed' && <ProblemNote error={state.error} />}
    </>
  )
}
