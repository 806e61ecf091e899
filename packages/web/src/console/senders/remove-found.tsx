// Removes all entries that the filters find, a part at a time, with how far it is.
import { getSenderSummary, listSenders, removeSenders, type SenderFilter } from '@gatepost/contract/sender.ts'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api/call.ts'
import { useSlug } from '#app/session.ts'
import { useConfirm } from '#shared/confirm.tsx'
import { count, plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { entriesOf } from './senders-search.ts'

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'working' | 'done'; readonly removed: number }
  | { readonly kind: 'failed'; readonly error: unknown }

type Props = { readonly filter: SenderFilter; readonly onDone: () => void }

export function RemoveFound({ filter, onDone }: Props) {
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
      title: `All ${entriesOf(filter)} are removed`,
      body: 'Not only the entries on this page: all that the filters find. Export them first to be able to import them again.',
      act: 'Remove all found',
      keep: 'Keep them',
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
        Remove all found
      </Button>
      {state.kind === 'working' && <span role="status">{count(state.removed)} removed</span>}
      {state.kind === 'done' && (
        <Note tone="ok" role="status" title={`${plural(state.removed, 'entry', 'entries')} removed`} />
      )}
      {state.kind === 'failed' && <ProblemNote error={state.error} />}
    </>
  )
}
