// "Where is my mail?": no match is an answer, and says where the message can be instead.
import { getHealthLine } from '@gatepost/contract/system.ts'
import { Button } from '@mantine/core'
import { IconMailOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useConnect } from '#connect/use-connect.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { StatusIcon } from '#shared/status-word.tsx'
import type { StateOf } from '#shared/vocabulary.ts'
import { leftOutOf, type MessageSearch, noMatchSentence } from './message-search.ts'
import classes from './messages.module.css'

type Props = { readonly search: MessageSearch; readonly onClear: () => void }

export function NoMatch({ search, onClear }: Props) {
  const words = useWords('messages')
  return (
    <div className={classes.noMatch}>
      <div className={classes.noMatchHead}>
        <span className={classes.tile}>
          <IconMailOff size={20} stroke={1.6} aria-hidden />
        </span>
        <div>
          <h2 className={classes.answer}>{noMatchSentence(search, words)}</h2>
          <p className="tx2">{answerOf(search, words)}</p>
        </div>
      </div>
      <ul className={classes.reasons}>
        <Reachable />
        <Around />
        <Reason state="not-verified" title={words('noMatch.notSent')}>
          {words('noMatch.notSentText')}
        </Reason>
      </ul>
      <div>
        <Button variant="default" onClick={onClear}>
          {words('filter.clearAll')}
        </Button>
      </div>
    </div>
  )
}

function answerOf(search: MessageSearch, words: Words): string {
  const what = leftOutOf(search, words)
  return what ? words('noMatch.leftOut', { what }) : words('noMatch.elsewhere')
}

function Reachable() {
  const words = useWords('messages')
  const { data } = useEndpoint(getHealthLine, {})
  if (!data) return null
  const well = data.healthy === data.total
  return (
    <Reason
      state={well ? 'passed' : 'warning'}
      title={words(well ? 'noMatch.reachable' : 'noMatch.partAway')}
    >
      {words('noMatch.nodes', { healthy: data.healthy, total: data.total })}
    </Reason>
  )
}

function Around() {
  const words = useWords('messages')
  const slug = useSlug()
  const { data } = useConnect()
  const stepWords = useWords('connect')
  const mx = data?.steps.find(({ name }) => name === 'modify-mx')
  if (!mx) return null
  const done = mx.state === 'done'
  return (
    <Reason state={done ? 'passed' : 'warning'} title={words(done ? 'noMatch.mxHere' : 'noMatch.around')}>
      {done ? (
        words('noMatch.mxHereText')
      ) : (
        <>
          {words('noMatch.aroundText')}{' '}
          <Link to="/t/$slug/connect/$step" params={{ slug, step: 'modify-mx' }}>
            {stepWords('steps.modify-mx', mx.title)}
          </Link>
        </>
      )}
    </Reason>
  )
}

type ReasonProps = { readonly state: StateOf<'check'>; readonly title: string; readonly children: ReactNode }

function Reason({ state, title, children }: ReasonProps) {
  return (
    <li>
      <StatusIcon of="check" state={state} />
      <div>
        <p className="strong">{title}</p>
        <p className="tx2">{children}</p>
      </div>
    </li>
  )
}
