// "Where is my mail?": no match is an answer, and says where the message can be instead.
import { getHealthLine } from '@gatepost/contract/system.ts'
import { Button } from '@mantine/core'
import { IconMailOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useConnect } from '#connect/use-connect.ts'
import { StatusIcon } from '#shared/status-word.tsx'
import type { StateOf } from '#shared/vocabulary.ts'
import { leftOutOf, type MessageSearch, noMatchSentence } from './message-search.ts'
import classes from './messages.module.css'

type Props = { readonly search: MessageSearch; readonly onClear: () => void }

export function NoMatch({ search, onClear }: Props) {
  return (
    <div className={classes.noMatch}>
      <div className={classes.noMatchHead}>
        <span className={classes.tile}>
          <IconMailOff size={20} stroke={1.6} aria-hidden />
        </span>
        <div>
          <h2 className={classes.answer}>{noMatchSentence(search)}</h2>
          <p className="tx2">{answerOf(search)}</p>
        </div>
      </div>
      <ul className={classes.reasons}>
        <Reachable />
        <Around />
        <Reason state="not-verified" title="It may not have been sent">
          Ask the sender for the reply code in their log or bounce, and search for it above.
        </Reason>
      </ul>
      <div>
        <Button variant="default" onClick={onClear}>
          Clear filters
        </Button>
      </div>
    </div>
  )
}

function answerOf(search: MessageSearch): string {
  const leftOut = leftOutOf(search)
  if (leftOut) return `The filters leave out ${leftOut}: clear them to see it. Else it can be here:`
  return 'That is an answer: it was not refused, held or lost here. Where it can be instead:'
}

function Reachable() {
  const { data } = useEndpoint(getHealthLine, {})
  if (!data) return null
  const well = data.healthy === data.total
  return (
    <Reason
      state={well ? 'passed' : 'warning'}
      title={well ? 'Gatepost is reachable' : 'Part of Gatepost is away'}
    >
      {data.healthy} of {data.total} nodes healthy now.
    </Reason>
  )
}

function Around() {
  const slug = useSlug()
  const { data } = useConnect()
  const mx = data?.steps.find(({ name }) => name === 'modify-mx')
  if (!mx) return null
  const done = mx.state === 'done'
  return (
    <Reason
      state={done ? 'passed' : 'warning'}
      title={done ? 'The MX record points here' : 'It may have gone around us'}
    >
      {done ? (
        'Senders that ask the DNS bring their mail to Gatepost.'
      ) : (
        <>
          The MX record does not point here everywhere: look into the mail host’s own trace.{' '}
          <Link to="/t/$slug/connect/$step" params={{ slug, step: 'modify-mx' }}>
            {mx.title}
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
