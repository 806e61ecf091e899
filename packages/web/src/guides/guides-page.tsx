// All guides by shelf, and a search over their words.
import { useState } from 'react'
import { Page } from '#app/page.tsx'
import { useWords } from '#i18n/i18n.ts'
import { GuideLink } from '#shared/guide-link.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SearchField } from '#shared/search-field.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import { findGuides } from './find.ts'
import classes from './guide.module.css'
import { type GuideText, shelves } from './library.ts'
import { useShelves } from './use-shelves.ts'

export function GuidesPage() {
  const t = useWords('guides')
  const [query, setQuery] = useState('')
  const { data, error } = useShelves()
  return (
    <Page title={t('title')} lead={t('lead')} guide={null}>
      <SearchField
        label={t('search')}
        placeholder={t('searchHint')}
        value={query}
        onChange={setQuery}
        className={classes.search}
      />
      {error && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows />}
      {data && (query === '' ? <Shelves guides={data} /> : <Found guides={data} query={query} />)}
    </Page>
  )
}

function Shelves({ guides }: { readonly guides: readonly GuideText[] }) {
  const t = useWords('guides')
  return (
    <div className={classes.shelves}>
      {shelves.map(({ name, folder }) => (
        <Panel key={name} title={t(`shelf.${folder}`)}>
          <ul className={classes.shelf} lang="en">
            {guides
              .filter(({ shelf }) => shelf === name)
              .map(({ guide, title }) => (
                <li key={guide}>
                  <GuideLink guide={guide}>{title}</GuideLink>
                </li>
              ))}
          </ul>
        </Panel>
      ))}
    </div>
  )
}

function Found({ guides, query }: { readonly guides: readonly GuideText[]; readonly query: string }) {
  const t = useWords('guides')
  const found = findGuides(guides, query)
  if (found.length === 0) {
    return <p className="tx2">{t('none')}</p>
  }
  return (
    <Panel title={t('found')} side={String(found.length)}>
      <ul className={classes.shelf} lang="en">
        {found.map(({ guide, title, shelf, heading, hash }) => (
          <li key={guide}>
            <GuideLink guide={guide} hash={hash}>
              {title}
            </GuideLink>{' '}
            <span className="small tx2">
              {shelf}
              {heading && ` · ${heading}`}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
