// One guide, with its parts named at the right, as the documentation has it.
import { useQuery } from '@tanstack/react-query'
import { useLocation, useParams } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { NotFoundInside } from '#app/not-found-inside.tsx'
import { Page } from '#app/page.tsx'
import { useWords } from '#i18n/i18n.ts'
import { ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import classes from './guide.module.css'
import { GuideView } from './guide-view.tsx'
import { GuidesLink } from './guides-link.tsx'
import { GuidesPage } from './guides-page.tsx'
import { isGuide, loadGuide, titleOf } from './library.ts'
import { type Block, blocksOf, plainOf } from './markdown.ts'

export function GuidePage() {
  const { _splat: guide = '' } = useParams({ strict: false })
  // The list's own address ends where a guide's name begins.
  if (guide === '') return <GuidesPage />
  return isGuide(guide) ? <KnownGuide key={guide} guide={guide} /> : <NotFoundInside />
}

function KnownGuide({ guide }: { readonly guide: string }) {
  const t = useWords('guides')
  const { data, error } = useQuery({
    queryKey: ['guide', guide],
    queryFn: () => loadGuide(guide),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const blocks = useMemo(() => blocksOf(data ?? ''), [data])
  const { hash } = useLocation()
  useEffect(() => {
    if (data && hash) document.getElementById(hash)?.scrollIntoView()
  }, [data, hash])
  const title = data ? titleOf(blocks, guide) : t('guide')
  // The heading is the page's own.
  const body = blocks[0]?.kind === 'heading' ? blocks.slice(1) : blocks
  return (
    <Page
      title={title}
      crumbs={[{ label: t('title'), link: <GuidesLink>{t('title')}</GuidesLink> }]}
      guide={null}
    >
      {error && <ProblemNote error={error} />}
      {!data && !error && <SkeletonRows />}
      {data && (
        <div className={classes.columns}>
          <article className={classes.article} lang="en">
            <GuideView guide={guide} blocks={body} />
          </article>
          <PartsList blocks={body} />
        </div>
      )}
    </Page>
  )
}

function PartsList({ blocks }: { readonly blocks: readonly Block[] }) {
  const t = useWords('guides')
  const parts = blocks.flatMap((block) => (block.kind === 'heading' && block.level === 2 ? [block] : []))
  if (parts.length < 2) return <div />
  return (
    <nav aria-label={t('onThisPage')} className={classes.parts}>
      <p className="small tx3">{t('onThisPage')}</p>
      <ul lang="en">
        {parts.map(({ id, parts: words }) => (
          <li key={id}>
            <a href={`#${id}`}>{plainOf(words)}</a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
