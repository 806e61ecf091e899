// One held message: why it is held, what it says behind two walls, and what may be done about it.
import { getHeld, type HeldMessage, previewHeld } from '@gatepost/contract/held.ts'
import { Button } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { Facts } from '#shared/facts.tsx'
import { HostText } from '#shared/host-text.tsx'
import { MailView } from '#shared/mail-view.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { FullTime, RelativeTime } from '#shared/time.tsx'
import { ActBar } from './act-bar.tsx'
import { ForwardPanel } from './forward-panel.tsx'
import classes from './held.module.css'
import { isAskedFor } from './held-page.tsx'
import { STATES, senderOf } from './held-words.ts'
import { ResultNote } from './result-note.tsx'
import { TrustPanel } from './trust-panel.tsx'
import { useHeldActions } from './use-held.ts'

export function HeldMessagePage() {
  const tenant = useSlug()
  const { message } = useParams({ from: '/console/t/$slug/held/$message' })
  const [open, setOpen] = useState<'trust' | 'forward' | null>(null)
  const actions = useHeldActions(() => setOpen(null))
  const mayTrust = useMay('policies:write')
  const mayRead = useMay('held:content')
  const { data, error } = useEndpoint(getHeld, { params: { tenant, message } })
  const isOpen = data?.recipients.some(({ state }) => state === 'held') ?? false
  return (
    <Page
      title={data?.subject || 'Held message'}
      crumbs={[{ label: 'Held mail', link: <HeldLink /> }]}
      {...(data ? { lead: data.means } : {})}
    >
      <div className={stack.stack}>
        {error && <ProblemNote error={error} />}
        {!data && !error && <SkeletonRows rows={6} />}
        {actions.result && <ResultNote result={actions.result} />}
        {actions.error && <ProblemNote error={actions.error} focus />}
        {data && isOpen && (
          <div className={classes.actions}>
            <ActBar
              what="the message"
              messages={[data.id]}
              running={actions.isRunning}
              isAsked={isAskedFor(data.recipients)}
              onRun={actions.run}
            />
            {mayTrust && data.direction === 'inbound' && (
              <Button variant="default" onClick={() => setOpen('trust')}>
                Trust this service
              </Button>
            )}
            {mayRead && data.class !== 'virus' && (
              <Button variant="default" onClick={() => setOpen('forward')}>
                Forward a copy
              </Button>
            )}
          </div>
        )}
        {data && open === 'trust' && (
          <TrustPanel
            message={data.id}
            onTrusted={() => actions.run({ action: 'release', messages: [data.id] })}
            onClose={() => setOpen(null)}
          />
        )}
        {data && open === 'forward' && <ForwardPanel message={data.id} onClose={() => setOpen(null)} />}
        {data && <About held={data} />}
        {data && isOpen && mayRead && <Preview message={data.id} />}
        {data && isOpen && !mayRead && (
          <Note tone="info" title="Your role does not let you read held mail">
            An administrator with the permission “Read the content of a message while it is held” can.
          </Note>
        )}
      </div>
    </Page>
  )
}

function HeldLink() {
  const slug = useSlug()
  return (
    <Link to="/t/$slug/held" params={{ slug }}>
      Held mail
    </Link>
  )
}

function About({ held }: { readonly held: HeldMessage }) {
  const slug = useSlug()
  return (
    <Panel
      title="About it"
      actions={
        <Link to="/t/$slug/messages/$message" params={{ slug, message: held.id }}>
          Why?
        </Link>
      }
    >
      <Facts
        rows={[
          ['Held by', held.ruleName === null ? held.className : `${held.className}: ${held.ruleName}`],
          ...(held.score === null ? [] : [['Score', held.score.toFixed(1)] as const]),
          ['From', <HostText key="from">{senderOf(held)}</HostText>],
          ...(held.author !== null && held.reversePath !== null && held.reversePath !== held.author
            ? [['Envelope sender', <HostText key="path">{held.reversePath}</HostText>] as const]
            : []),
          ...(held.firstContact ? [['First contact', 'the first message of its author'] as const] : []),
          ['Held', <RelativeTime key="at" at={held.heldAt} />],
          ...(held.againAt === null
            ? []
            : [
                [
                  'Judged again',
                  <span key="again">
                    <RelativeTime at={held.againAt} />, {timesWords(held.judged)}
                  </span>,
                ] as const,
              ]),
          ['Ends unless released', <FullTime key="end" at={held.endsAt} />],
          ...(held.needsTwo
            ? [
                [
                  'Release',
                  held.secondedBy === null
                    ? 'takes two people'
                    : `takes two people; ${held.secondedBy} was the first`,
                ] as const,
              ]
            : []),
        ]}
      />
      <ul className={classes.plain}>
        {held.recipients.map((one) => (
          <li key={one.index}>
            <HostText>{one.address}</HostText>: {STATES[one.state]}
            {one.decidedBy ? ` by ${one.decidedBy}` : ''}
            {one.requestedAt !== null && (
              <span className="tx2">
                {' '}
                · asked for by {one.requestedBy}
                {one.requestText ? `: “${one.requestText}”` : ''}
              </span>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function timesWords(times: number): string {
  if (times === 0) return 'for the first time'
  return `after ${times === 1 ? 'one look' : `${times} looks`}`
}

/** Nobody's words are shown before somebody asks: each look is in the audit log. */
function Preview({ message }: { readonly message: string }) {
  const [isOpen, setOpen] = useState(false)
  if (isOpen) return <Content message={message} />
  return (
    <Panel title="What it says">
      <p className="tx2">Nothing is loaded and nothing is run. The audit log keeps that you looked.</p>
      <Button variant="default" onClick={() => setOpen(true)}>
        Look at the message
      </Button>
    </Panel>
  )
}

function Content({ message }: { readonly message: string }) {
  const tenant = useSlug()
  const { data, error } = useEndpoint(
    previewHeld,
    { params: { tenant, message } },
    { staleTime: Number.POSITIVE_INFINITY },
  )
  if (error) return <ProblemNote error={error} />
  if (!data) return <SkeletonRows rows={4} />
  const odd = data.links.filter(({ differs }) => differs)
  return (
    <Panel title="What it says">
      <div className={stack.stack}>
        {odd.length > 0 && (
          <Note tone="warn" title="Links that lead elsewhere than they say">
            <ul>
              {odd.slice(0, 10).map(({ text, href }) => (
                <li key={`${text} ${href}`}>
                  “{text}” leads to <HostText>{href}</HostText>
                </li>
              ))}
            </ul>
          </Note>
        )}
        {data.isCut && (
          <Note tone="info" title="Only the beginning of this large message was read">
            Attachments further behind are not listed.
          </Note>
        )}
        <MailView text={data.text} html={data.html} label="The held message" />
        {data.attachments.length > 0 && (
          <div>
            <h3>Attachments</h3>
            <ul className={classes.plain}>
              {data.attachments.map(({ name, type, size }, at) => (
                <li key={at}>
                  {name}{' '}
                  <span className="tx2">
                    · {type}, {Math.ceil(size / 1024)} kB as sent
                  </span>
                </li>
              ))}
            </ul>
          </div>
        )}
        <details>
          <summary>Header fields</summary>
          <ul className={`${classes.plain} mono`}>
            {data.header.map(({ name, value }, at) => (
              <li key={at}>
                {name}: {value}
              </li>
            ))}
          </ul>
        </details>
      </div>
    </Panel>
  )
}
