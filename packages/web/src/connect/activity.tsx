// What happened lately: the strip with the newest mail seen, and the list beside it.
import type { Connect } from '@gatepost/contract/connect.ts'
import { IconCircleCheck, IconMailOpened, IconPencil, IconRefresh } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { useSaid } from '#i18n/said.ts'
import { Panel } from '#shared/panel.tsx'
import { RelativeTime } from '#shared/time.tsx'
import classes from './connect.module.css'
import { useStepTitle } from './step-words.ts'

type Activity = Connect['activity'][number]

const icons = { step: IconCircleCheck, mail: IconMailOpened, check: IconRefresh, change: IconPencil } as const
const SHOWN = 8

/** Green dot, what we saw and when, a link to it, and which step it turned green. */
export function LiveStrip({ connect }: { readonly connect: Connect }) {
  const slug = useSlug()
  const words = useWords('connect')
  const say = useSaid()
  const seen = connect.activity.find(({ kind }) => kind === 'mail')
  if (!seen) return null
  const step = connect.steps.find(({ name }) => name === seen.step)
  return (
    <div className={classes.strip} role="status">
      <span className={classes.stripDot} aria-hidden />
      <div className={classes.stripWords}>
        <p className="strong">{say(seen.said, seen.text)}</p>
        <p className="small tx2">
          <RelativeTime at={seen.at} />
          {step?.state === 'done' &&
            ` · ${words('nowDone', { title: words(`steps.${step.name}`, step.title) })}`}
        </p>
      </div>
      {seen.messageId && (
        <Link to="/t/$slug/messages/$message" params={{ slug, message: seen.messageId }}>
          {words('viewMessage')}
        </Link>
      )}
    </div>
  )
}

export function ActivityPanel({ connect }: { readonly connect: Connect }) {
  const words = useWords('connect')
  if (connect.activity.length === 0) {
    return (
      <Panel title={words('activity')}>
        <p className="tx2">{words('activityEmpty')}</p>
      </Panel>
    )
  }
  return (
    <Panel title={words('activity')} flush>
      <ul className={`${classes.rows} ${classes.activity}`}>
        {connect.activity.slice(0, SHOWN).map((activity) => (
          <li key={`${activity.at} ${activity.text}`}>
            <ActivityRow activity={activity} connect={connect} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function ActivityRow({ activity, connect }: { readonly activity: Activity; readonly connect: Connect }) {
  const slug = useSlug()
  const titleOf = useStepTitle(connect.steps)
  const text = useSaid()(activity.said, activity.text)
  const Icon = icons[activity.kind]
  const { messageId, step } = activity
  return (
    <>
      <Icon size={16} stroke={1.6} aria-hidden />
      <span>
        {messageId ? (
          <Link to="/t/$slug/messages/$message" params={{ slug, message: messageId }}>
            {text}
          </Link>
        ) : (
          <span>{text}</span>
        )}
        <span className="small tx3">
          <br />
          <RelativeTime at={activity.at} />
          {step && ` · ${titleOf(step)}`}
        </span>
      </span>
    </>
  )
}
