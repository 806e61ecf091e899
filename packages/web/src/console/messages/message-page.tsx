// Why: the verdict in one sentence, everything that happened in order, and the smallest change.
import { getMessage, type Message } from '@gatepost/contract/message.ts'
import { Link, useParams } from '@tanstack/react-router'
import { isProblem } from '#api/problem-error.ts'
import { useEndpoint } from '#api/use-endpoint.ts'
import { NotFoundInside } from '#app/not-found-inside.tsx'
import { Page } from '#app/page.tsx'
import { useSlug } from '#app/session.ts'
import { useWords } from '#i18n/i18n.ts'
import { CopyButton } from '#shared/copy-button.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { FullTime } from '#shared/time.tsx'
import { ComingsPanel } from './comings.tsx'
import { MessageActions } from './message-actions.tsx'
import { MessageFacts, Recipients } from './message-aside.tsx'
import { noSubject, recipientOf, senderOf } from './people.ts'
import { SmallestChange, WithTodaysSettings } from './remedies.tsx'
import { Timeline } from './timeline.tsx'
import { Verdict } from './verdict.tsx'
import classes from './why.module.css'

const SETTLED = new Set<Message['status']>(['delivered', 'refused', 'bounced', 'discarded'])

export function MessagePage() {
  const tenant = useSlug()
  const words = useWords('messages')
  const { message = '' } = useParams({ strict: false })
  const { data, error } = useEndpoint(
    getMessage,
    { params: { tenant, message } },
    { refetchInterval: (last) => (last && SETTLED.has(last.status) ? false : 2_000) },
  )
  if (isProblem(error, 'not-found')) return <NotFoundInside />
  const crumb = {
    label: words('title'),
    link: (
      <Link to="/t/$slug/messages" params={{ slug: tenant }}>
        {words('title')}
      </Link>
    ),
  }
  const title = data ? data.subject || noSubject(data, words) : words('message')
  return (
    <Page title={title} crumbs={[crumb]} lead={data && <People message={data} />}>
      {data ? <Why message={data} /> : error ? <ProblemNote error={error} /> : <SkeletonRows rows={8} />}
    </Page>
  )
}

function People({ message }: { readonly message: Message }) {
  const words = useWords('messages')
  return (
    <p className={classes.people}>
      <span>
        {words('why.from')} <span className="strong">{senderOf(message, words)}</span>
      </span>
      <span>
        {words('why.to')} <span className="strong">{recipientOf(message, words)}</span>
      </span>
      <span>
        <FullTime at={message.at} />
      </span>
    </p>
  )
}

function Why({ message }: { readonly message: Message }) {
  const words = useWords('messages')
  return (
    <>
      <Verdict message={message}>
        <MessageActions message={message} />
        <CopyButton value={globalThis.location.href} label={words('why.copyLink')} text />
      </Verdict>
      <div className={stack.detail}>
        <Timeline message={message} />
        <div className={stack.stack}>
          <SmallestChange
            text={message.smallestChange}
            remedies={message.remedies}
            because={words('why.because', { id: message.id })}
          />
          <ComingsPanel message={message} />
          {message.recipients.length > 1 && <Recipients message={message} />}
          <MessageFacts message={message} />
          <WithTodaysSettings message={message} />
        </div>
      </div>
    </>
  )
}
