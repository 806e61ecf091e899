// The verdict: one sentence in the colour of the outcome, with what can be done about it.
import { getMessage, listMessages, type Message, retryMessage } from '@gatepost/contract/message.ts'
import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { count } from '#shared/format.ts'
import { ProblemNote } from '#shared/note.tsx'
import { StatusIcon } from '#shared/status-word.tsx'
import { Countdown } from '#shared/time.tsx'
import { wordOf } from '#shared/vocabulary.ts'
import classes from './why.module.css'

export function Verdict({ message, children }: { readonly message: Message; readonly children: ReactNode }) {
  const tenant = useSlug()
  const words = useWords('messages')
  const states = useWords('shell')
  const may = useMay('queue:write')
  const retry = useAction(retryMessage, { readAgain: [getMessage, listMessages] })
  const waits = message.status === 'queued' || (message.status === 'deferred' && message.attempts.length > 0)
  const { tone, word: english } = wordOf('message', message.status)
  const next = nextAttempt(message)
  return (
    <>
      <section className={classes.verdict} data-tone={tone} aria-label={words('why.verdict')}>
        <StatusIcon of="message" state={message.status} size={20} />
        <div className={classes.sentence}>
          <p role="status">
            <Sentence
              word={states(`states.message.${message.status}`)}
              english={english}
              verdict={message.verdict}
            />
          </p>
          {waits && next !== null && (
            <p className="small">
              <Countdown to={next} before={words('why.nextAttempt')} />
            </p>
          )}
          {retry.data && (
            <p className="small tx2" role="status">
              {words('why.trying', {
                count: retry.data.recipients,
                number: count(retry.data.recipients),
              })}
            </p>
          )}
        </div>
        <div className={classes.acts}>
          {waits && may && (
            <Button
              loading={retry.isPending}
              leftSection={<IconRefresh size={15} aria-hidden />}
              onClick={() => retry.mutate({ params: { tenant, message: message.id } })}
            >
              {words('why.retry')}
            </Button>
          )}
          {children}
        </div>
      </section>
      {retry.error && <ProblemNote error={retry.error} />}
    </>
  )
}

type SentenceProps = { readonly word: string; readonly english: string; readonly verdict: string }

/** The status as the first word, once: the server's sentence, which is English, may begin with it. */
function Sentence({ word, english, verdict }: SentenceProps) {
  if (word === english && verdict.startsWith(`${word} `)) {
    return (
      <>
        <strong>{word}</strong>
        {verdict.slice(word.length)}
      </>
    )
  }
  return (
    <>
      <strong>{word}.</strong> {verdict}
    </>
  )
}

function nextAttempt(message: Message): number | null {
  const times = message.attempts.map(({ nextAttemptAt }) => nextAttemptAt ?? 0)
  const last = Math.max(0, ...times)
  return last === 0 ? null : last
}
