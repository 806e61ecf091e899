// How often a greylisted message came, each with its link, from the first deferral to the acceptance.
import type { Message } from '@gatepost/contract/message.ts'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { span, timeOfDay } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { Panel } from '#shared/panel.tsx'
import { StatusWord } from '#shared/status-word.tsx'
import { ClockTime } from '#shared/time.tsx'
import { wordOf } from '#shared/vocabulary.ts'
import classes from './why.module.css'

type Comings = NonNullable<Message['comings']>

export function ComingsPanel({ message }: { readonly message: Message }) {
  const slug = useSlug()
  const { comings, id } = message
  if (comings === null) return null
  const { items, total } = comings
  const several = new Set(items.map(({ forwardPath }) => forwardPath)).size > 1
  return (
    <Panel title="Put off by greylisting" side={`Came ${total === 1 ? 'once' : `${total} times`}`}>
      <p>{comingsSentence(comings)}</p>
      <ol className={classes.comings}>
        {items.map((one) => (
          <li key={one.id} aria-current={one.id === id || undefined}>
            <StatusWord of="message" state={one.status} />
            <span>
              {one.id === id ? (
                <>
                  <ClockTime at={one.at} /> <span className="tx2">this one</span>
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
export function comingsSentence({ items, firstAt, endedAt, delayMs, ...next }: Comings): string {
  if (endedAt !== null && delayMs !== null) {
    const last = items.at(-1)?.status ?? 'accepted'
    // What became of it later is told by its own page; here it counts that it was taken.
    const word =
      last === 'refused' || last === 'deferred' ? wordOf('message', last).word.toLowerCase() : 'accepted'
    return `Deferred ${timeOfDay(firstAt)}, ${word} ${timeOfDay(endedAt)}, after ${span(delayMs)}.`
  }
  const { acceptedFrom, giveUpAt } = next
  const until = `${timeOfDay(acceptedFrom)} until ${timeOfDay(giveUpAt)}`
  return `Deferred ${timeOfDay(firstAt)}. It has not come again; a retry is accepted from ${until}.`
}
