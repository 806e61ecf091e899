// What the organisation's own spam score was taught (H1): lessons by releases and by hand,
// each can be taken back.
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
import { type Column, DataTable } from '#shared/data-table.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
import { Facts } from '#shared/facts.tsx'
import { plural } from '#shared/format.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { PageFoot, usePages } from '#shared/pages.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { RelativeTime } from '#shared/time.tsx'
import { ReportsPanel } from './reports-panel.tsx'

const LEAD =
  'What is released from being held as spam teaches this organisation’s own score, ' +
  'and so does what you show it here. No lesson leaves the organisation.'
const LIMIT = 50
/** What a message says stands at its beginning; the server takes no more. */
const OCTETS_MAX = 500_000
const FILES_MAX = 50

const ORIGINS: { readonly [Origin in SpamLesson['origin']]: string } = {
  report: 'Report',
  release: 'Release',
  command: 'By hand',
}

export function SpamLessonsPage() {
  const tenant = useSlug()
  const may = useMay('policies:write')
  const pages = usePages()
  const query = { limit: LIMIT, ...(pages.after ? { after: pages.after } : {}) }
  const { data, error } = useEndpoint(listSpamLessons, { params: { tenant }, query }, { keepPrevious: true })
  const unlearn = useAction(unlearnSpam, { readAgain: [listSpamLessons, getSpamLearning] })
  const columns = useColumns(may, (lesson) => unlearn.mutate({ params: { tenant, lesson } }))
  return (
    <Page title="Spam lessons" lead={LEAD} guide="spam">
      <div className={stack.stack}>
        <Learning />
        {may && <Teach />}
        <ReportsPanel />
        {(error ?? unlearn.error) && <ProblemNote error={error ?? unlearn.error} />}
        <Panel title="Lessons" side="latest first" flush>
          {!data && !error && <SkeletonRows rows={4} />}
          {data && data.items.length === 0 && (
            <EmptyState title="Nothing was taught yet">
              <p>
                Release a message that was held as spam by mistake, or show the score some messages above.
              </p>
            </EmptyState>
          )}
          {data && data.items.length > 0 && (
            <>
              <DataTable
                rows={data.items}
                columns={columns}
                rowKey={({ id }) => id}
                label="Spam lessons, latest first"
                card={(lesson) => (
                  <div className={stack.tight}>
                    <strong>{lesson.subject || 'No subject'}</strong>
                    <span className="tx2">
                      {lesson.kind === 'spam' ? 'Spam' : 'Wanted'} · {lesson.author ?? 'no author'}
                    </span>
                    <span className="small tx2">
                      {ORIGINS[lesson.origin]} by {lesson.actor} <RelativeTime at={lesson.at} />
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

function useColumns(may: boolean, onTakeBack: (id: string) => void): readonly Column<SpamLesson>[] {
  return [
    { id: 'kind', head: 'Taught as', cell: ({ kind }) => (kind === 'spam' ? 'Spam' : 'Wanted') },
    { id: 'subject', head: 'Subject', cell: ({ subject }) => subject || 'No subject' },
    { id: 'author', head: 'From', cell: ({ author }) => author ?? '–' },
    { id: 'score', head: 'Score then', align: 'right', cell: ({ score }) => score.toFixed(1) },
    { id: 'origin', head: 'By', cell: ({ origin, actor }) => `${ORIGINS[origin]}, ${actor}` },
    { id: 'at', head: 'When', cell: ({ at }) => <RelativeTime at={at} /> },
    {
      id: 'act',
      head: 'Take back',
      headHidden: true,
      cell: ({ id, subject }) =>
        may ? (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => onTakeBack(id)}>
            Take back<span className="hidden-visually">: {subject || 'No subject'}</span>
          </Button>
        ) : null,
    },
  ]
}

function Learning() {
  const tenant = useSlug()
  const { data } = useEndpoint(getSpamLearning, { params: { tenant } }, { refetchInterval: 15_000 })
  if (!data) return null
  const counts = data.isUsed
    ? 'They count in the score of each message.'
    : `They count once there are ${data.least} of each kind, so that few cannot turn the score.`
  return (
    <Panel title="So far">
      <Facts
        rows={[
          ['Spam', plural(data.spam, 'lesson')],
          ['Wanted', plural(data.ham, 'lesson')],
          ['In use', counts],
          ...(data.taughtAt === null
            ? []
            : [['Added up', <RelativeTime key="at" at={data.taughtAt} />] as const]),
        ]}
      />
    </Panel>
  )
}

/** Messages as files, dragged out of a mail program: read here, taught one by one. */
function Teach() {
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
    <Panel title="Show it messages">
      <p className="tx2">
        Saved as .eml from a mail program, up to {FILES_MAX} at once. Their beginning is read, and numbers of
        it are kept, not the message.
      </p>
      <div className={stack.row}>
        <FileButton multiple accept=".eml,message/rfc822" onChange={(files) => void teach('spam', files)}>
          {(props) => (
            <Button {...props} loading={busy}>
              These are spam
            </Button>
          )}
        </FileButton>
        <FileButton multiple accept=".eml,message/rfc822" onChange={(files) => void teach('ham', files)}>
          {(props) => (
            <Button {...props} variant="default" loading={busy}>
              These are wanted
            </Button>
          )}
        </FileButton>
      </div>
      {done && (
        <Note
          tone={done.failed > 0 ? 'warn' : 'ok'}
          title={`${plural(done.taught, 'message')} taught${done.failed > 0 ? `, ${done.failed} not taken` : ''}`}
          role="status"
        />
      )}
      {learn.error && <ProblemNote error={learn.error} />}
    </Panel>
  )
}

async function base64Of(file: File): Promise<string> {
  const octets = new Uint8Array(await file.slice(0, OCTETS_MAX).arrayBuffer())
  let text = ''
  for (let at = 0; at < octets.length; at += 8_192) {
    text += String.fromCharCode(...octets.subarray(at, at + 8_192))
  }
  return btoa(text)
}
