// The queue: what waits for delivery or for a person, what to do about it, and pauses. Held mail is the same
// page.
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { Page } from '#app/page.tsx'
import { useMay, useMyTenant, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { usePages } from '#shared/pages.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import messages from '../messages/messages.module.css'
import { Filters } from './filters.tsx'
import { Nothing } from './nothing.tsx'
import { FailureNote, ResultNote, SilentEdges } from './notices.tsx'
import { PauseNote, PausePanel, usePauses } from './pauses.tsx'
import { QueueFoot } from './queue-foot.tsx'
import { QueueList } from './queue-list.tsx'
import { emptySearch, filterOf, type QueueSearch } from './queue-search.ts'
import { QueueTotals } from './queue-totals.tsx'
import { isEmpty, nothing, type Selection, toggled, toggledAll } from './selection.ts'
import { SelectionActions } from './selection-actions.tsx'
import { useActions } from './use-actions.ts'
import { useFocusInside } from './use-focus-inside.ts'
import { useQueue } from './use-queue.ts'

export function QueuePage() {
  const tenant = useSlug()
  const words = useWords('queue')
  const search = useSearch({ from: '/console/t/$slug/queue' })
  const filter = useMemo(() => filterOf(search), [search.state, search.domain, search.search])
  const pages = usePages()
  const focus = useFocusInside()
  const pauses = usePauses()
  const may = useMay('queue:write')
  const ownDomain = useMyTenant()?.primaryDomain ?? ''
  const [selection, setSelection] = useState<Selection>(nothing)
  const steady = focus.inside || !isEmpty(selection)
  const { page, rows, waiting, showNew } = useQueue({ tenant, filter, after: pages.after, steady })
  const actions = useActions(tenant, () => setSelection(nothing))
  const change = useChange(search, () => {
    pages.reset()
    setSelection(nothing)
  })
  const shown = rows.map(({ message }) => message.id)
  const routes = pauses.pause?.routes ?? []
  return (
    <Page
      title={words(search.state === 'held' ? 'heldTitle' : 'title')}
      width="full"
      busy={page.isPlaceholderData}
    >
      <PauseNote {...pauses} />
      {actions.result && <ResultNote result={actions.result} onClose={actions.dismiss} />}
      <FailureNote error={actions.error} doneBefore={actions.doneBefore} />
      <SilentEdges edges={page.data?.unreachable ?? []} />
      <QueueTotals tenant={tenant} onDomain={(domain) => change({ domain })} />
      <Filters search={search} onChange={change} />
      {page.error && <ProblemNote error={page.error} />}
      <div className={messages.frame} {...focus.handlers}>
        {!page.data && !page.error && <SkeletonRows rows={8} />}
        {waiting > 0 && <NewRows waiting={waiting} onShow={showNew} />}
        {page.data && rows.length === 0 && page.data.next === null && (
          <Nothing
            search={search}
            onClear={() => change({ ...emptySearch, state: search.state })}
            partly={page.data.unreachable.length > 0}
          />
        )}
        {rows.length > 0 && (
          <QueueList
            rows={rows}
            selection={selection}
            onToggle={(id) => setSelection(toggled(selection, id, shown))}
            onToggleAll={() => setSelection(toggledAll(selection, shown))}
            ownDomain={ownDomain}
            routeName={(id) => routes.find((route) => route.id === id)?.name ?? words('removedRoute')}
          />
        )}
        <QueueFoot pages={pages} next={page.data?.next ?? null} shown={rows.length} />
      </div>
      {!isEmpty(selection) && (
        <SelectionActions
          {...{ selection, rows, filter, may, routes }}
          running={actions.running}
          onSelect={setSelection}
          onOrder={actions.run}
        />
      )}
      <PausePanel {...pauses} />
    </Page>
  )
}

/** Changes the address; another question starts on its first page with nothing selected. */
function useChange(search: QueueSearch, onChange: () => void) {
  const slug = useSlug()
  const navigate = useNavigate()
  return (part: Partial<QueueSearch>) => {
    onChange()
    void navigate({
      to: '/t/$slug/queue',
      params: { slug },
      search: { ...search, ...part },
      replace: true,
    })
  }
}

function NewRows({ waiting, onShow }: { readonly waiting: number; readonly onShow: () => void }) {
  const words = useWords('queue')
  return (
    <button type="button" className={messages.more} onClick={onShow}>
      {words('new', { count: waiting, number: count(waiting) })}
    </button>
  )
}
