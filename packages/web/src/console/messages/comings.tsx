// How often a greylisted message came, each with its link, from the first deferral to the acceptance.
import type { Message } from '@gatepost/contract/message.ts'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { count, span, timeOfDay } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { Panel } from '#shared/panel.tsx'
import { StatusWord } from '#shared/status-word.tsx'
import { ClockTime } from '#shared/time.tsx'
import classes from './why.module.css'

type Comings = NonNullable<Message['comings']>

export function ComingsPanel({ message }: { readonly message: Message }) {
  const slug = useSlug()
  const words = useWords('messages')
  const { comings, id } = message
  if (comings === null) return null
  const { items, total } = comings
  const several = new Set(items.map(({ forwardPath }) => forwardPath)).size > 1
  return (
    <Panel
      title={words('comings.title')}
      side={words('comings.came', { count: total, number: count(total) })}
    >
      <p>{comingsSentence(comings, words)}</p>
      <ol className={classes.comings}>
        {items.map((one) => (
          <li key={one.id} aria-current={one.id === id || undefined}>
            <StatusWord of="message" state={one.status} />
            <span>
              {one.id === id ? (
                <>
                  <ClockTime at={one.at} /> <span className="tx2">{words('comings.thisOne')}</span>
                </>
              ) : (
                <Link to="/t/$slug/messages/$message" params={{ slug, message: one.id }}>
                  <ClockTime at={one.at} />
                </Link>
              )}
              {several && <HostText plain>{one.forwardPath}</HostText>}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  )
}

/** `Deferred 10:02, accepted 10:17, after 15 min.` */
export function comingsSentence(comings: Comings, words: Words): string {
  const { items, firstAt, endedAt, delayMs, acceptedFrom, giveUpAt } = comings
  const first = timeOfDay(firstAt)
  if (endedAt !== null && delayMs !== null) {
    const last = items.at(-1)?.status
    // What became of it later is told by its own page; here it counts that it was taken.
    const how = last === 'refused' || last === 'deferred' ? last : 'accepted'
    return words(`comings.ended.${how}`, { first, end: timeOfDay(endedAt), delay: span(delayMs) })
  }
  return words('comings.open', { first, from: timeOfDay(acceptedFrom), until: timeOfDay(giveUpAt) })
}
