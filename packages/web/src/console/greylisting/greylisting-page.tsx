// Greylisting: what it did, whether it is applied, who is never delayed, and what is deferred now.
import { getGreylisting } from '@gatepost/contract/greylist.ts'
import { SegmentedControl } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { usePages } from '#shared/pages.tsx'
import { Panel } from '#shared/panel.tsx'
import { SearchField } from '#shared/search-field.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { ChoicePanel, ExemptPanel } from './choice-panel.tsx'
import { DeferredList } from './deferred-list.tsx'
import { EndedList } from './ended-list.tsx'
import { FiguresPanel } from './figures-panel.tsx'
import classes from './greylisting.module.css'
import type { GreylistingSearch, ListName } from './greylisting-search.ts'

const leadOf = (t: Words) => t('greylisting.theFirstMessageOfAnUnknown')

const READ_MS = 15_000

const listsOf: (t: Words) => readonly { readonly value: ListName; readonly label: string }[] = (t) => [
  { value: 'waiting', label: t('greylisting.deferredNow') },
  { value: 'accepted', label: t('greylisting.acceptedLater') },
  { value: 'never-retried', label: t('greylisting.neverRetried') },
]

export function GreylistingPage() {
  const t = useWords('protection')
  const tenant = useSlug()
  const mayList = useMay('messages:read')
  const { data, error } = useEndpoint(
    getGreylisting,
    { params: { tenant }, query: { days: 7 } },
    { refetchInterval: READ_MS },
  )
  return (
    <Page title={t('greylisting.greylisting')} lead={leadOf(t)}>
      <div className={classes.grid}>
        <div className={classes.column}>
          {error && !data && <ProblemNote error={error} />}
          {!data && !error && <SkeletonRows rows={4} />}
          {data && <FiguresPanel data={data} />}
          <ExemptPanel />
        </div>
        <ChoicePanel />
      </div>
      {mayList && <Deferrals />}
    </Page>
  )
}

function Deferrals() {
  const t = useWords('protection')
  const slug = useSlug()
  const { list = 'waiting', search } = useSearch({ from: '/console/t/$slug/greylisting' })
  const navigate = useNavigate()
  const pages = usePages()
  const change = (part: GreylistingSearch) => {
    pages.reset()
    void navigate({
      to: '/t/$slug/greylisting',
      params: { slug },
      search: { list, search, ...part },
      replace: true,
    })
  }
  return (
    <Panel title={t('greylisting.deferredMessages')} flush>
      <div className={classes.tools}>
        <SegmentedControl
          aria-label={t('greylisting.whichDeferrals')}
          size="xs"
          data={listsOf(t).map(({ value, label }) => ({ value, label }))}
          value={list}
          onChange={(value) => change({ list: value as ListName })}
        />
        <SearchField
          className={classes.search}
          label={t('greylisting.searchDeferredMessages')}
          placeholder={t('greylisting.senderRecipientOrClient')}
          value={search ?? ''}
          onChange={(value) => change({ search: value || undefined })}
        />
      </div>
      {list === 'waiting' ? (
        <DeferredList search={search} pages={pages} />
      ) : (
        <EndedList outcome={list} search={search} pages={pages} />
      )}
    </Panel>
  )
}
