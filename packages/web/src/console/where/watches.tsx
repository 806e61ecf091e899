// Messages that somebody waits for, and the form that asks to be told.
import { addWatch, listWatches, type MailWatch, removeWatch, WATCH_DAYS } from '@gatepost/contract/where.ts'
import { Button, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMe, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import classes from './where.module.css'
import type { Wanted } from './where-page.tsx'

const FRESH_MS = 15_000

export function WatchForm({ wanted }: { readonly wanted: Wanted }) {
  const t = useWords('held')
  const tenant = useSlug()
  const me = useMe()
  const [tell, setTell] = useState(me?.email ?? '')
  const add = useAction(addWatch, { readAgain: [listWatches] })
  if (`${wanted.sender}${wanted.recipient}${wanted.subject}` === '') return null
  if (add.isSuccess) {
    return (
      <Note tone="ok" title={t('where.told', { address: tell })} role="status">
        {t('where.atMost', { days: WATCH_DAYS })}
      </Note>
    )
  }
  return (
    <Panel title={t('where.tellTitle')}>
      <form
        className={stack.form}
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate({ params: { tenant }, body: { ...wanted, tell: tell.trim() } })
        }}
      >
        <TextInput
          label={t('where.tell')}
          description={t('where.tellHint')}
          required
          value={tell}
          onChange={(event) => setTell(event.currentTarget.value)}
        />
        {add.error && <ProblemNote error={add.error} />}
        <div className={stack.row}>
          <Button type="submit" variant="default" loading={add.isPending}>
            {t('where.tellMe')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

export function Watches() {
  const t = useWords('held')
  const tenant = useSlug()
  const { data } = useEndpoint(listWatches, { params: { tenant } }, { refetchInterval: FRESH_MS })
  const remove = useAction(removeWatch, {
    readAgain: [listWatches],
    said: () => ({ text: t('where.ended') }),
  })
  if (!data || data.items.length === 0) return null
  return (
    <Panel title={t('where.awaited')}>
      <ul className={classes.hits}>
        {data.items.map((watch) => (
          <li key={watch.id}>
            <span>{wordsOf(watch, t)}</span>
            <span className="tx2">
              {watch.foundAt === null ? (
                <>
                  {t('where.waitsUntil')} <FullTime at={watch.expiresAt} />,{' '}
                  {t('where.isTold', { address: watch.tell })}
                </>
              ) : (
                <>
                  {t('where.came')} <RelativeTime at={watch.foundAt} />,{' '}
                  {t('where.wasTold', { address: watch.tell })} ·{' '}
                  <Link
                    to="/t/$slug/messages/$message"
                    params={{ slug: tenant, message: watch.messageId ?? '' }}
                  >
                    {t('where.seeIt')}
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
                {t('where.remove')}
                <span className="hidden-visually">: {wordsOf(watch, t)}</span>
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {remove.error && <ProblemNote error={remove.error} />}
    </Panel>
  )
}

function wordsOf({ sender, recipient, subject }: MailWatch, t: Words): string {
  return [
    ...(sender === '' ? [] : [t('where.wordsFrom', { sender })]),
    ...(recipient === '' ? [] : [t('where.wordsFor', { recipient })]),
    ...(subject === '' ? [] : [t('where.wordsWith', { subject })]),
  ].join(' ')
}
