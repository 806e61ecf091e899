// Held mail (H3): what waits for a person's word, by what holds it, and what may be done about it.
import { getHeldSummary, type HeldMessage, listHeld } from '@gatepost/contract/held.ts'
import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { SearchField } from '#shared/search-field.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import messages from '../messages/messages.module.css'
import queue from '../queue/queue.module.css'
import { ActBar } from './act-bar.tsx'
import classes from './held.module.css'
import { HeldList } from './held-list.tsx'
import { type HeldSearch, isFiltered } from './held-search.ts'
import { ResultNote } from './result-note.tsx'
import { type Progress, useHeldActions, useHeldRun } from './use-held.ts'

const LIMIT = 50
const FRESH_MS = 10_000
const NONE: ReadonlySet<string> = new Set()

export function HeldPage() {
  const tenant = useSlug()
  const search = useSearch({ from: '/console/t/$slug/held' })
  const pages = usePages()
  const [selected, setSelected] = useState(NONE)
  const [everything, setEverything] = useState(false)
  const actions = useHeldActions(() => setSelected(NONE))
  const all = useHeldRun((acted) => {
    setSelected(NONE)
    setEverything(false)
    actions.show(acted)
  })
  const { state = 'held', ...filter } = search
  const query = { ...filter, state, limit: LIMIT, ...(pages.after ? { after: pages.after } : {}) }
  const page = useEndpoint(
    listHeld,
    { params: { tenant }, query },
    { keepPrevious: true, refetchInterval: selected.size > 0 ? false : FRESH_MS },
  )
  const change = useChange(search, () => {
    pages.reset()
    setSelected(NONE)
    setEverything(false)
  })
  const items = page.data?.items ?? []
  const clear = () => {
    setSelected(NONE)
    setEverything(false)
  }
  const isOpen = state === 'held'
  return (
    <Page
      title="Held mail"
      width="full"
      busy={page.isPlaceholderData}
      lead="Nothing here reaches its recipients until somebody releases it."
      actions={
        <Button component={HeldRulesLink} variant="default">
          Rules of release
        </Button>
      }
    >
      {actions.result && <ResultNote result={actions.result} />}
      {Boolean(actions.error ?? all.error) && <ProblemNote error={actions.error ?? all.error} focus />}
      {all.progress && <RunNote progress={all.progress} onStop={all.stop} />}
      <Tabs search={search} onChange={change} />
      <Filters search={search} onChange={change} />
      {page.error && <ProblemNote error={page.error} />}
      <div className={messages.frame}>
        {!page.data && !page.error && <SkeletonRows rows={8} />}
        {page.data && items.length === 0 && <Nothing search={search} onClear={() => change(CLEARED)} />}
        {items.length > 0 && (
          <HeldList
            items={items}
            selected={selected}
            onToggle={
              isOpen
                ? (id) => {
                    setEverything(false)
                    setSelected(toggled(selected, id))
                  }
                : null
            }
            onToggleAll={() => {
              setEverything(false)
              setSelected(allOrNone(selected, items))
            }}
          />
        )}
        {items.length > 0 && (
          <PageFoot
            pages={pages}
            next={page.data?.next ?? null}
            shown={items.length}
            limit={LIMIT}
            total={null}
          />
        )}
      </div>
      {selected.size > 0 && (
        <section className={queue.bar} aria-label="Selected messages">
          <span role="status" className="strong">
            {everything ? 'Everything that matches' : `${plural(selected.size, 'message')} selected`}
          </span>
          {!everything && page.data?.next && selected.size === items.length && (
            <Button variant="subtle" onClick={() => setEverything(true)}>
              Select all that match
            </Button>
          )}
          <span className={queue.rule} aria-hidden />
          <ActBar
            what={everything ? 'Everything that matches' : plural(selected.size, 'message')}
            messages={everything ? null : [...selected]}
            running={actions.isRunning || all.progress !== null}
            isAsked={items.some(({ id, recipients }) => selected.has(id) && isAskedFor(recipients))}
            onRun={everything ? (body) => all.run(filter, body) : actions.run}
          />
          <ActionIcon variant="subtle" aria-label="Clear selection" onClick={() => clear()}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </section>
      )}
    </Page>
  )
}

function RunNote({ progress, onStop }: { readonly progress: Progress; readonly onStop: () => void }) {
  return (
    <Note tone="info" title={`${plural(progress.messages, 'message')} done so far`} role="status">
      <p>
        The rest follows part by part.{' '}
        <Button size="compact-sm" variant="default" onClick={onStop}>
          Stop
        </Button>
      </p>
    </Note>
  )
}

const CLEARED: HeldSearch = {
  class: undefined,
  search: undefined,
  recipient: undefined,
  asked: undefined,
}

export function isAskedFor(recipients: HeldMessage['recipients']): boolean {
  return recipients.some(({ requestedAt }) => requestedAt !== null)
}

function toggled(selected: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const after = new Set(selected)
  if (!after.delete(id)) after.add(id)
  return after
}

function allOrNone(selected: ReadonlySet<string>, items: readonly HeldMessage[]): ReadonlySet<string> {
  return items.every(({ id }) => selected.has(id)) ? NONE : new Set(items.map(({ id }) => id))
}

function HeldRulesLink(props: object) {
  const slug = useSlug()
  return <Link to="/t/$slug/held-rules" params={{ slug }} {...props} />
}

function useChange(search: HeldSearch, onChange: () => void) {
  const slug = useSlug()
  const navigate = useNavigate()
  return (part: Partial<HeldSearch>) => {
    onChange()
    void navigate({ to: '/t/$slug/held', params: { slug }, search: { ...search, ...part }, replace: true })
  }
}

type ChangeProps = {
  readonly search: HeldSearch
  readonly onChange: (part: Partial<HeldSearch>) => void
}

/** What is held by each class, what users asked for, and what is over. */
function Tabs({ search, onChange }: ChangeProps) {
  const tenant = useSlug()
  const { data } = useEndpoint(getHeldSummary, { params: { tenant } }, { refetchInterval: FRESH_MS })
  const { state = 'held' } = search
  const isAll = state === 'held' && search.class === undefined && search.asked === undefined
  const all = { state: undefined, class: undefined, asked: undefined }
  const tabs: { label: string; on: boolean; to: Partial<HeldSearch> }[] = [
    { label: `All held${data ? ` ${data.messages}` : ''}`, on: isAll, to: all },
    ...(data?.classes ?? []).map(({ class: name, name: label, messages: count }) => ({
      label: `${label} ${count}`,
      on: state === 'held' && search.class === name,
      to: { ...all, class: name },
    })),
    ...(data && data.requested > 0
      ? [
          {
            label: `Asked for ${data.requested}`,
            on: search.asked === 'request',
            to: { ...all, asked: 'request' as const },
          },
        ]
      : []),
    ...(data && data.second > 0
      ? [
          {
            label: `Second person ${data.second}`,
            on: search.asked === 'second',
            to: { ...all, asked: 'second' as const },
          },
        ]
      : []),
    { label: 'Released', on: state === 'released', to: { ...all, state: 'released' } },
    { label: 'Rejected', on: state === 'rejected', to: { ...all, state: 'rejected' } },
    { label: 'Removed', on: state === 'discarded', to: { ...all, state: 'discarded' } },
  ]
  return (
    <fieldset className={classes.tabs} style={{ border: 0, padding: 0 }}>
      <legend className="hidden-visually">What is shown</legend>
      {tabs.map(({ label, on, to }) => (
        <button
          key={label}
          type="button"
          className={classes.tab}
          aria-pressed={on}
          onClick={() => onChange(to)}
        >
          {label}
        </button>
      ))}
    </fieldset>
  )
}

function Filters({ search, onChange }: ChangeProps) {
  return (
    <search className={classes.filters} aria-label="Filter held mail">
      <SearchField
        label="Search held mail"
        placeholder="Sender, subject or message id"
        value={search.search ?? ''}
        onChange={(value) => onChange({ search: value || undefined })}
      />
      <RecipientField value={search.recipient ?? ''} onChange={(recipient) => onChange({ recipient })} />
    </search>
  )
}

function RecipientField({
  value,
  onChange,
}: {
  readonly value: string
  readonly onChange: (recipient: string | undefined) => void
}) {
  const [typed, setTyped] = useState(value)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onChange(typed.trim() || undefined)
      }}
    >
      <TextInput
        aria-label="Recipient or domain"
        placeholder="Recipient or domain"
        maxLength={320}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => onChange(typed.trim() || undefined)}
      />
    </form>
  )
}

function Nothing({ search, onClear }: { readonly search: HeldSearch; readonly onClear: () => void }) {
  const slug = useSlug()
  if (isFiltered(search)) {
    return (
      <EmptyState
        title="No held message matches"
        action={
          <Button variant="default" onClick={onClear}>
            Clear filters
          </Button>
        }
      >
        <p>Look without filters, or in the message centre: what was released long ago stands there.</p>
      </EmptyState>
    )
  }
  if (search.state !== undefined && search.state !== 'held') {
    return (
      <EmptyState title="Nothing here yet">
        <p>Decisions about held mail are listed here for as long as held mail is kept.</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title="Nothing is held"
      action={
        <Button component={PoliciesLink} slug={slug} variant="default">
          See the policies
        </Button>
      }
    >
      <p>
        Mail waits here when a policy holds it: spam, dangerous attachments, a forged sender, or an account of
        yours that sends too much. Each message says why.
      </p>
    </EmptyState>
  )
}

function PoliciesLink({ slug, ...props }: { readonly slug: string }) {
  return <Link to="/t/$slug/policies" params={{ slug }} {...props} />
}
