// Held mail (H3): what waits for a person's word, by what holds it, and what may be done about it.

import { getHeldSummary, type HeldMessage, listHeld } from '@gatepost/contract/held.ts'
import { ActionIcon, Button } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { FilterField, SearchField } from '#shared/search-field.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import messages from '../messages/messages.module.css'
import queue from '../queue/queue.module.css'
import { ActBar } from './act-bar.tsx'
import classes from './held.module.css'
import { HeldList } from './held-list.tsx'
import { type HeldSearch, isFiltered } from './held-search.ts'
import { classWord } from './held-words.ts'
import { ResultNote } from './result-note.tsx'
import { type Progress, useHeldActions, useHeldRun } from './use-held.ts'

const LIMIT = 50
const FRESH_MS = 10_000
const NONE: ReadonlySet<string> = new Set()

export function HeldPage() {
  const t = useWords('held')
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
      title={t('held.heldMail')}
      width="full"
      busy={page.isPlaceholderData}
      lead={t('held.nothingHereReachesIts')}
      actions={
        <Button component={HeldRulesLink} variant="default">
          {t('held.rules')}
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
        <section className={queue.bar} aria-label={t('held.selectedMessages')}>
          <span role="status" className="strong">
            {everything ? t('heldPage.everything') : t('held.messagesSelected', { count: selected.size })}
          </span>
          {!everything && page.data?.next && selected.size === items.length && (
            <Button variant="subtle" onClick={() => setEverything(true)}>
              {t('held.selectAllThatMatch')}
            </Button>
          )}
          <span className={queue.rule} aria-hidden />
          <ActBar
            what={everything ? t('heldPage.everything') : t('held.messages', { count: selected.size })}
            messages={everything ? null : [...selected]}
            running={actions.isRunning || all.progress !== null}
            isAsked={items.some(({ id, recipients }) => selected.has(id) && isAskedFor(recipients))}
            withForward
            onRun={everything ? (body) => all.run(filter, body) : actions.run}
          />
          <ActionIcon variant="subtle" aria-label={t('held.clearSelection')} onClick={() => clear()}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </section>
      )}
    </Page>
  )
}

function RunNote({ progress, onStop }: { readonly progress: Progress; readonly onStop: () => void }) {
  const t = useWords('held')
  return (
    <Note tone="info" title={t('held.messagesDoneSoFar', { count: progress.messages })} role="status">
      <p>
        {t('held.theRestFollowsPartByPart')}{' '}
        <Button size="compact-sm" variant="default" onClick={onStop}>
          {t('held.stop')}
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
  const t = useWords('held')
  const tenant = useSlug()
  const { data } = useEndpoint(getHeldSummary, { params: { tenant } }, { refetchInterval: FRESH_MS })
  const { state = 'held' } = search
  const isAll = state === 'held' && search.class === undefined && search.asked === undefined
  const all = { state: undefined, class: undefined, asked: undefined }
  const tabs: { label: string; on: boolean; to: Partial<HeldSearch> }[] = [
    { label: t('held.allHeld', { value: data ? ` ${data.messages}` : '' }), on: isAll, to: all },
    ...(data?.classes ?? []).map(({ class: name, name: label, messages: count }) => ({
      label: `${classWord(t, name, label)} ${count}`,
      on: state === 'held' && search.class === name,
      to: { ...all, class: name },
    })),
    ...(data && data.requested > 0
      ? [
          {
            label: t('held.askedFor2', { requested: data.requested }),
            on: search.asked === 'request',
            to: { ...all, asked: 'request' as const },
          },
        ]
      : []),
    ...(data && data.second > 0
      ? [
          {
            label: t('held.secondPerson', { second: data.second }),
            on: search.asked === 'second',
            to: { ...all, asked: 'second' as const },
          },
        ]
      : []),
    { label: t('state.released'), on: state === 'released', to: { ...all, state: 'released' } },
    { label: t('state.rejected'), on: state === 'rejected', to: { ...all, state: 'rejected' } },
    { label: t('state.removed'), on: state === 'discarded', to: { ...all, state: 'discarded' } },
  ]
  return (
    <fieldset className={classes.tabs} style={{ border: 0, padding: 0 }}>
      <legend className="hidden-visually">{t('held.whatIsShown')}</legend>
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
  const t = useWords('held')
  return (
    <search className={classes.filters} aria-label={t('held.filterHeldMail')}>
      <SearchField
        label={t('held.searchHeldMail')}
        placeholder={t('held.senderSubjectOrMessageId')}
        value={search.search ?? ''}
        onChange={(value) => onChange({ search: value || undefined })}
      />
      <FilterField
        label={t('heldPage.recipientOrDomain')}
        placeholder={t('heldPage.recipientOrDomain')}
        value={search.recipient ?? ''}
        onChange={(recipient) => onChange({ recipient: recipient || undefined })}
      />
    </search>
  )
}

function Nothing({ search, onClear }: { readonly search: HeldSearch; readonly onClear: () => void }) {
  const t = useWords('held')
  const slug = useSlug()
  if (isFiltered(search)) {
    return (
      <EmptyState
        title={t('held.noHeldMessageMatches')}
        action={
          <Button variant="default" onClick={onClear}>
            {t('held.clearFilters')}
          </Button>
        }
      >
        <p>{t('held.lookWithoutFiltersOrInThe')}</p>
      </EmptyState>
    )
  }
  if (search.state !== undefined && search.state !== 'held') {
    return (
      <EmptyState title={t('held.nothingHereYet')}>
        <p>{t('held.decisionsAboutHeldMailAre')}</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title={t('held.nothingIsHeld')}
      action={
        <Button component={PoliciesLink} slug={slug} variant="default">
          {t('held.seeThePolicies')}
        </Button>
      }
    >
      <p>{t('held.mailWaitsHereWhenAPolicy')}</p>
    </EmptyState>
  )
}

function PoliciesLink({ slug, ...props }: { readonly slug: string }) {
  return <Link to="/t/$slug/policies" params={{ slug }} {...props} />
}
