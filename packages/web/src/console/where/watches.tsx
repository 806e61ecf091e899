// Messages that somebody waits for, and the form that asks to be told.
import { addWatch, listWatches, type MailWatch, removeWatch, WATCH_DAYS } from '@gatepost/contract/where.ts'
import { Button, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMe, useSlug } from '#app/session.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import classes from './where.module.css'
import type { Wanted } from './where-page.tsx'

const FRESH_MS = 15_000

export function WatchForm({ wanted }: { readonly wanted: Wanted }) {
  const tenant = useSlug()
  const me = useMe()
  const [tell, setTell] = useState(me?.email ?? '')
  const add = useAction(addWatch, { readAgain: [listWatches] })
  if (`${wanted.sender}${wanted.recipient}${wanted.subject}` === '') return null
  if (add.isSuccess) {
    return (
      <Note tone="ok" title={`${tell} is told when it comes`} role="status">
        For {WATCH_DAYS} days at most.
      </Note>
    )
  }
  return (
    <Panel title="Tell me when it comes">
      <form
        className={stack.form}
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate({ params: { tenant }, body: { ...wanted, tell: tell.trim() } })
        }}
      >
        <TextInput
          label="Tell"
          description="An address of your organisation"
          required
          value={tell}
          onChange={(event) => setTell(event.currentTarget.value)}
        />
        {add.error && <ProblemNote error={add.error} />}
        <div className={stack.row}>
          <Button type="submit" variant="default" loading={add.isPending}>
            Tell me
          </Button>
        </div>
      </form>
    </Panel>
  )
}

export function Watches() {
  const tenant = useSlug()
  const { data } = useEndpoint(listWatches, { params: { tenant } }, { refetchInterval: FRESH_MS })
  const remove = useAction(removeWatch, {
    readAgain: [listWatches],
    said: () => ({ text: 'The watch is ended.' }),
  })
  if (!data || data.items.length === 0) return null
  return (
    <Panel title="Awaited">
      <ul className={classes.hits}>
        {data.items.map((watch) => (
          <li key={watch.id}>
            <span>{wordsOf(watch)}</span>
            <span className="tx2">
              {watch.foundAt === null ? (
                <>
                  waited for until <FullTime at={watch.expiresAt} />, {watch.tell} is told
                </>
              ) : (
                <>
                  came <RelativeTime at={watch.foundAt} />, {watch.tell} was told ·{' '}
                  <Link
                    to="/t/$slug/messages/$message"
                    params={{ slug: tenant, message: watch.messageId ?? '' }}
                  >
                    see it
                  </Link>
                </>
              )}
            </span>
            <span>
              <Button
                size="compact-sm"
                variant="subtle"
                color="gray"
                onClick={() => remove.mutate({ params: { tenant, watch: watch.id } })}
              >
                Remove<span className="hidden-visually">: {wordsOf(watch)}</span>
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {remove.error && <ProblemNote error={remove.error} />}
    </Panel>
  )
}

function wordsOf({ sender, recipient, subject }: MailWatch): string {
  return [
    ...(sender === '' ? [] : [`from ${sender}`]),
    ...(recipient === '' ? [] : [`for ${recipient}`]),
    ...(subject === '' ? [] : [`with “${subject}”`]),
  ].join(' ')
}
