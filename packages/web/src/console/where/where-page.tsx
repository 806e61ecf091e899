// Where is my mail (K1b): the help desk's page. An answer, what reached us, what may explain that nothing
// did, a pasted bounce read, and word when it comes.
import { askWhere, type WhereAnswer, type WhereClue } from '@gatepost/contract/where.ts'
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMyTenant, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { HostText } from '#shared/host-text.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { currentTime } from '#shared/now.ts'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { RelativeTime } from '#shared/time.tsx'
import { personOf, recipientOf, senderOf } from '../messages/people.ts'
import { Watches, WatchForm } from './watches.tsx'
import classes from './where.module.css'

const HOUR_MS = 3_600_000
const RANGES = ['1', '24', '168', '720'] as const

export type Wanted = { readonly sender: string; readonly recipient: string; readonly subject: string }

export function WherePage() {
  const t = useWords('held')
  const tenant = useSlug()
  const [wanted, setWanted] = useState<Wanted>({ sender: '', recipient: '', subject: '' })
  const [hours, setHours] = useState('168')
  const [bounce, setBounce] = useState('')
  const ask = useAction(askWhere)
  const change = (part: Partial<Wanted>) => setWanted((before) => ({ ...before, ...part }))
  return (
    <Page title={t('where.title')} lead={t('where.lead')} guide="where">
      <div className={stack.stack}>
        <Panel title={t('where.missing')}>
          <form
            className={classes.form}
            onSubmit={(event) => {
              event.preventDefault()
              const now = currentTime()
              const to = now + HOUR_MS
              const from = now - Number(hours) * HOUR_MS
              ask.mutate({ params: { tenant }, body: { ...wanted, bounce, from, to } })
            }}
          >
            <TextInput
              label={t('where.from')}
              description={t('where.fromHint')}
              maxLength={320}
              value={wanted.sender}
              onChange={(event) => change({ sender: event.currentTarget.value })}
              data-filter
            />
            <TextInput
              label={t('where.to')}
              description={t('where.toHint')}
              maxLength={320}
              value={wanted.recipient}
              onChange={(event) => change({ recipient: event.currentTarget.value })}
            />
            <TextInput
              label={t('where.subject')}
              description={t('where.subjectHint')}
              maxLength={320}
              value={wanted.subject}
              onChange={(event) => change({ subject: event.currentTarget.value })}
            />
            <NativeSelect
              label={t('where.sentIn')}
              description={t('where.sentInHint')}
              value={hours}
              onChange={(event) => setHours(event.currentTarget.value)}
              data={RANGES.map((value) => ({ value, label: t(`where.range.${value}`) }))}
            />
            <Textarea
              className={classes.wide}
              label={t('where.bounce')}
              description={t('where.bounceHint')}
              autosize
              minRows={2}
              maxRows={10}
              maxLength={100_000}
              value={bounce}
              onChange={(event) => setBounce(event.currentTarget.value)}
            />
            <div className={classes.wide}>
              <Button type="submit" loading={ask.isPending}>
                {t('where.find')}
              </Button>
            </div>
          </form>
        </Panel>
        {ask.error && <ProblemNote error={ask.error} focus />}
        {ask.data && <Answer answer={ask.data} wanted={wanted} />}
        <Watches />
      </div>
    </Page>
  )
}

function Answer({ answer, wanted }: { readonly answer: WhereAnswer; readonly wanted: Wanted }) {
  const t = useWords('held')
  const { hits, bounce, clues } = answer
  const isFound = hits.length > 0
  return (
    <>
      <Note tone={isFound ? 'info' : 'warn'} title={answer.answer} role="status">
        {bounce?.reply && <p>{t('where.says', { reply: bounce.reply, means: bounce.means })}</p>}
        {bounce?.advice.map((line) => (
          <p key={line}>{line}</p>
        ))}
        {bounce?.messageId && <MessageLink id={bounce.messageId}>{t('where.why')}</MessageLink>}
      </Note>
      {isFound && <Hits answer={answer} />}
      {clues.length > 0 && (
        <Panel title={isFound ? t('where.also') : t('where.mayExplain')}>
          <ul className={classes.clues}>
            {clues.map((clue) => (
              <Clue key={clue.text} clue={clue} />
            ))}
          </ul>
        </Panel>
      )}
      {!isFound && <WatchForm wanted={wanted} />}
    </>
  )
}

const CLUE_WORD = { good: 'ok', info: 'info', warning: 'warn', bad: 'bad' } as const

function Clue({ clue: { kind, text, page } }: { readonly clue: WhereClue }) {
  const t = useWords('held')
  const slug = useSlug()
  return (
    <li data-tone={CLUE_WORD[kind]}>
      <span>{text}</span>
      {page && (
        <a href={`/t/${slug}/${page}`}>
          {t('where.look')}
          <span className="hidden-visually">: {text}</span>
        </a>
      )}
    </li>
  )
}

function MessageLink({ id, children }: { readonly id: string; readonly children: string }) {
  const slug = useSlug()
  return (
    <Link to="/t/$slug/messages/$message" params={{ slug, message: id }}>
      {children}
    </Link>
  )
}

function Hits({ answer: { hits, moreHits } }: { readonly answer: WhereAnswer }) {
  const t = useWords('held')
  const words = useWords('messages')
  const own = useMyTenant()?.primaryDomain ?? ''
  return (
    <Panel title={t('where.reached')}>
      <ul className={classes.hits}>
        {hits.map((hit) => (
          <li key={hit.id}>
            <span className={classes.head}>
              <StatusWord of="message" state={hit.status} />
              <span className="tx2">
                <RelativeTime at={hit.at} />
              </span>
            </span>
            <span>
              <MessageLink id={hit.id}>{hit.subject || senderOf(hit, words)}</MessageLink>
            </span>
            <span className="tx2">
              {personOf(senderOf(hit, words), own)} {t('where.toPerson')}{' '}
              <HostText>{recipientOf(hit, words)}</HostText>
            </span>
            {hit.status !== 'delivered' && hit.reason && <span>{hit.reason}</span>}
            {hit.handedTo && <span className="tx2">{t('where.handedTo', { host: hit.handedTo })}</span>}
            {hit.trace && (
              <span className={classes.trace}>
                <code>{hit.trace}</code>
                <CopyButton value={hit.trace} label={t('where.copyLine')} />
              </span>
            )}
          </li>
        ))}
      </ul>
      {moreHits && <p className="tx2">{t('where.more')}</p>}
    </Panel>
  )
}
