// What the organisation's own spam score was taught (H1): lessons by releases and by hand, each can be taken
// back.
import {
  getSpamLearning,
  learnSpam,
  listSpamLessons,
  type SpamLesson,
  unlearnSpam,
} from '@gatepost/contract/spam.ts'
import { Button, FileButton } from '@mantine/core'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { Facts } from '#shared/facts.tsx'
import { score } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { ReportsPanel } from './reports-panel.tsx'

const LIMIT = 50
/** What a message says stands at its beginning; the server takes no more. */
const OCTETS_MAX = 500_000
const FILES_MAX = 50

export function SpamLessonsPage() {
  const t = useWords('held')
  const tenant = useSlug()
  const may = useMay('policies:write')
  const pages = usePages()
  const query = { limit: LIMIT, ...(pages.after ? { after: pages.after } : {}) }
  const { data, error } = useEndpoint(listSpamLessons, { params: { tenant }, query }, { keepPrevious: true })
  const unlearn = useAction(unlearnSpam, { readAgain: [listSpamLessons, getSpamLearning] })
  const columns = columnsOf(t, may, (lesson) => unlearn.mutate({ params: { tenant, lesson } }))
  return (
    <Page title={t('spam.title')} lead={t('spam.lead')} guide="spam">
      <div className={stack.stack}>
        <Learning />
        {may && <Teach />}
        <ReportsPanel />
        {(error ?? unlearn.error) && <ProblemNote error={error ?? unlearn.error} />}
        <Panel title={t('spam.lessons')} side={t('spam.latest')} flush>
          {!data && !error && <SkeletonRows rows={4} />}
          {data && data.items.length === 0 && (
            <EmptyState title={t('spam.none')}>
              <p>{t('spam.noneText')}</p>
            </EmptyState>
          )}
          {data && data.items.length > 0 && (
            <>
              <DataTable
                rows={data.items}
                columns={columns}
                rowKey={({ id }) => id}
                label={t('spam.listLabel')}
                card={(lesson) => (
                  <div className={stack.tight}>
                    <strong>{lesson.subject || t('spam.noSubject')}</strong>
                    <span className="tx2">
                      {kindOf(lesson, t)} · {lesson.author ?? t('spam.noAuthor')}
                    </span>
                    <span className="small tx2">
                      {t('spam.by', { origin: t(`spam.origin.${lesson.origin}`), actor: lesson.actor })}{' '}
                      <RelativeTime at={lesson.at} />
                    </span>
                    {columns.at(-1)?.cell(lesson)}
                  </div>
                )}
              />
              <PageFoot
                pages={pages}
                next={data.next}
                shown={data.items.length}
                limit={LIMIT}
                total={data.total}
              />
            </>
          )}
        </Panel>
      </div>
    </Page>
  )
}

function kindOf({ kind }: SpamLesson, t: Words): string {
  return kind === 'spam' ? t('spam.spam') : t('spam.wanted')
}

function columnsOf(t: Words, may: boolean, onTakeBack: (id: string) => void): readonly Column<SpamLesson>[] {
  return [
    { id: 'kind', head: t('spam.head.kind'), cell: (lesson) => kindOf(lesson, t) },
    { id: 'subject', head: t('spam.head.subject'), cell: ({ subject }) => subject || t('spam.noSubject') },
    { id: 'author', head: t('spam.head.author'), cell: ({ author }) => author ?? '–' },
    { id: 'score', head: t('spam.head.score'), align: 'right', cell: (row) => score(row.score) },
    {
      id: 'origin',
      head: t('spam.head.by'),
      cell: ({ origin, actor }) => `${t(`spam.origin.${origin}`)}, ${actor}`,
    },
    { id: 'at', head: t('spam.head.when'), cell: ({ at }) => <RelativeTime at={at} /> },
    {
      id: 'act',
      head: t('spam.takeBack'),
      headHidden: true,
      cell: ({ id, subject }) =>
        may ? (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => onTakeBack(id)}>
            {t('spam.takeBack')}
            <span className="hidden-visually">: {subject || t('spam.noSubject')}</span>
          </Button>
        ) : null,
    },
  ]
}

function Learning() {
  const t = useWords('held')
  const tenant = useSlug()
  const { data } = useEndpoint(getSpamLearning, { params: { tenant } }, { refetchInterval: 15_000 })
  if (!data) return null
  const counts = data.isUsed ? t('spam.counts') : t('spam.countsFrom', { least: data.least })
  return (
    <Panel title={t('spam.soFar')}>
      <Facts
        rows={[
          [t('spam.spam'), t('spam.count', { count: data.spam })],
          [t('spam.wanted'), t('spam.count', { count: data.ham })],
          [t('spam.inUse'), counts],
          ...(data.taughtAt === null
            ? []
            : [[t('spam.addedUp'), <RelativeTime key="at" at={data.taughtAt} />] as const]),
        ]}
      />
    </Panel>
  )
}

/** Messages as files, dragged out of a mail program: read here, taught one by one. */
function Teach() {
  const t = useWords('held')
  const tenant = useSlug()
  const learn = useAction(learnSpam, { readAgain: [listSpamLessons, getSpamLearning] })
  const [done, setDone] = useState<{ taught: number; failed: number } | null>(null)
  const [busy, setBusy] = useState(false)
  const teach = async (kind: 'spam' | 'ham', files: readonly File[]) => {
    setBusy(true)
    let taught = 0
    let failed = 0
    for (const file of files.slice(0, FILES_MAX)) {
      const content = await base64Of(file)
      await learn.mutateAsync({ params: { tenant }, body: { kind, content } }).then(
        () => {
          taught += 1
        },
        () => {
          failed += 1
        },
      )
    }
    setDone({ taught, failed })
    setBusy(false)
  }
  return (
    <Panel title={t('spam.show')}>
      <div className={stack.tight}>
        <p className="tx2">{t('spam.showText', { count: FILES_MAX })}</p>
        <div className={stack.row}>
          <FileButton multiple accept=".eml,message/rfc822" onChange={(files) => void teach('spam', files)}>
            {(props) => (
              <Button {...props} loading={busy}>
                {t('spam.theseSpam')}
              </Button>
            )}
          </FileButton>
          <FileButton multiple accept=".eml,message/rfc822" onChange={(files) => void teach('ham', files)}>
            {(props) => (
              <Button {...props} variant="default" loading={busy}>
                {t('spam.theseWanted')}
              </Button>
            )}
          </FileButton>
        </div>
      </div>
      {done && <Note tone={done.failed > 0 ? 'warn' : 'ok'} title={doneText(done, t)} role="status" />}
      {learn.error && <ProblemNote error={learn.error} />}
    </Panel>
  )
}

function doneText({ taught: count, failed }: { readonly taught: number; readonly failed: number }, t: Words) {
  const taught = t('spam.taught', { count })
  return failed > 0 ? t('spam.notTaken', { taught, failed }) : taught
}

async function base64Of(file: File): Promise<string> {
  const octets = new Uint8Array(await file.slice(0, OCTETS_MAX).arrayBuffer())
  let text = ''
  for (let at = 0; at < octets.length; at += 8_192) {
    text += String.fromCharCode(...octets.subarray(at, at + 8_192))
  }
  return btoa(text)
}
