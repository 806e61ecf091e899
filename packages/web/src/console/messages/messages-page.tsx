// The message centre: one search over every attempt, live, with its filters in the address.
import { Button } from '@mantine/core'
import { IconHelpHexagon } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { Page } from '#app/page.tsx'
import { useMyTenant, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { locale } from '#i18n/language.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { currentTime } from '#shared/now.ts'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { usePhone } from '#shared/screen.ts'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { ExportButton } from './export-button.tsx'
import { Filters } from './filters.tsx'
import { MessageList } from './message-list.tsx'
import { cleared, isFiltered, type MessageSearch, queryOf } from './message-search.ts'
import classes from './messages.module.css'
import { NoMatch } from './no-match.tsx'
import { StatusTabs } from './status-tabs.tsx'
import { ROWS_PER_PAGE, useMessages } from './use-messages.ts'

export function MessagesPage() {
  const tenant = useSlug()
  const words = useWords('messages')
  const domain = useMyTenant()?.primaryDomain ?? ''
  const search = useSearch({ from: '/console/t/$slug/messages' })
  const navigate = useNavigate()
  const pages = usePages()
  const [live, setLive] = useState(true)
  const query = useMemo(() => queryOf(search, currentTime()), [JSON.stringify(search)])
  const { page, rows, isNew } = useMessages({ tenant, query, after: pages.after, live })
  const change = (part: Partial<MessageSearch>) => {
    pages.reset()
    void navigate({
      to: '/t/$slug/messages',
      params: { slug: tenant },
      search: { ...search, ...part },
      replace: true,
    })
  }
  return (
    <Page
      title={words('title')}
      width="full"
      busy={page.isPlaceholderData}
      barActions={<AskButton />}
      actions={<StatusTabs status={search.status} onChange={(status) => change({ status })} />}
    >
      <Filters search={search} onChange={change} live={live} onLive={setLive}>
        <ExportButton query={query} />
      </Filters>
      {page.data && page.data.aliases.length > 0 && (
        <p className="small tx2" role="status">
          {words('alsoLooked', { aliases: new Intl.ListFormat(locale()).format(page.data.aliases) })}
        </p>
      )}
      {page.error && !page.data && <ProblemNote error={page.error} />}
      <div className={classes.frame}>
        {!page.data && !page.error && <SkeletonRows rows={10} />}
        {page.data && rows.length === 0 && (
          <Nothing search={search} onClear={() => change(cleared(search))} />
        )}
        {rows.length > 0 && (
          <>
            <MessageList rows={rows} isNew={isNew} ownDomain={domain} />
            <PageFoot
              pages={pages}
              next={page.data?.next ?? null}
              shown={rows.length}
              limit={ROWS_PER_PAGE}
              total={page.data?.total ?? null}
            />
          </>
        )}
      </div>
    </Page>
  )
}

/** On a phone its first word alone, so that the page's name has its place. */
function AskButton() {
  const slug = useSlug()
  const words = useWords('messages')
  const phone = usePhone()
  return (
    <Button
      variant="default"
      aria-label={phone ? words('askAbout') : undefined}
      renderRoot={(props) => <Link {...props} to="/t/$slug/ask" params={{ slug }} />}
      leftSection={<IconHelpHexagon size={15} aria-hidden />}
    >
      {words(phone ? 'ask' : 'askAbout')}
    </Button>
  )
}

function Nothing({ search, onClear }: { readonly search: MessageSearch; readonly onClear: () => void }) {
  const words = useWords('messages')
  if (isFiltered(search) || search.time || search.from || search.to)
    return <NoMatch search={search} onClear={onClear} />
  return (
    <EmptyState title={words('none.title')}>
      <p>{words('none.text')}</p>
    </EmptyState>
  )
}
