// One held message: why it is held, what it says behind two walls, and what may be done about it.

import { getHeld, type HeldMessage, previewHeld } from '@gatepost/contract/held.ts'
import { Button } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { Page } from '#app/page.tsx'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { Facts } from '#shared/facts.tsx'
import { score } from '#shared/format.ts'
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
import { becameWord, classWord, senderOf } from './held-words.ts'
import { ResultNote } from './result-note.tsx'
import { TrustPanel } from './trust-panel.tsx'
import { useHeldActions } from './use-held.ts'

export function HeldMessagePage() {
  const t = useWords('held')
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
      title={data?.subject || t('heldMessage.heldMessage')}
      crumbs={[{ label: t('held.heldMail'), link: <HeldLink /> }]}
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
              what={t('heldMessage.theMessage')}
              messages={[data.id]}
              running={actions.isRunning}
              isAsked={isAskedFor(data.recipients)}
              onRun={actions.run}
            />
            {mayTrust && data.direction === 'inbound' && (
              <Button variant="default" onClick={() => setOpen('trust')}>
                {t('heldMessage.trustThisService')}
              </Button>
            )}
            {mayRead && data.class !== 'virus' && (
              <Button variant="default" onClick={() => setOpen('forward')}>
                {t('held.forwardACopy')}
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
          <Note tone="info" title={t('heldMessage.yourRoleDoesNotLetYouRead')}>
            {t('heldMessage.anAdministratorWithThe')}
          </Note>
        )}
      </div>
    </Page>
  )
}

function HeldLink() {
  const t = useWords('held')
  const slug = useSlug()
  return (
    <Link to="/t/$slug/held" params={{ slug }}>
      {t('held.heldMail')}
    </Link>
  )
}

function About({ held }: { readonly held: HeldMessage }) {
  const t = useWords('held')
  const slug = useSlug()
  const className = classWord(t, held.class, held.className)
  return (
    <Panel
      title={t('heldMessage.aboutIt')}
      actions={
        <Link to="/t/$slug/messages/$message" params={{ slug, message: held.id }}>
          {t('heldMessage.why')}
        </Link>
      }
    >
      <Facts
        wide
        rows={[
          [t('held.heldBy'), held.ruleName === null ? className : `${className}: ${held.ruleName}`],
          ...(held.score === null ? [] : [[t('heldMessage.score'), score(held.score)] as const]),
          [t('held.from'), <HostText key="from">{senderOf(t, held)}</HostText>],
          ...(held.author !== null && held.reversePath !== null && held.reversePath !== held.author
            ? [[t('heldMessage.envelopeSender'), <HostText key="path">{held.reversePath}</HostText>] as const]
            : []),
          [t('held.to'), <Recipients key="to" held={held} />],
          ...(held.firstContact
            ? [[t('heldMessage.firstContact'), t('heldMessage.theFirstMessageOfItsAuthor')] as const]
            : []),
          [t('heldMessage.held'), <RelativeTime key="at" at={held.heldAt} />],
          ...(held.againAt === null
            ? []
            : [
                [
                  t('heldMessage.judgedAgain'),
                  <span key="again">
                    <RelativeTime at={held.againAt} />, {timesWords(t, held.judged)}
                  </span>,
                ] as const,
              ]),
          [t('heldMessage.endsUnlessReleased'), <FullTime key="end" at={held.endsAt} />],
          ...(held.needsTwo
            ? [
                [
                  t('heldMessage.release'),
                  held.secondedBy === null
                    ? t('heldMessage.takesTwoPeople')
                    : t('heldMessage.takesTwoPeopleWasTheFirst', { secondedBy: held.secondedBy }),
                ] as const,
              ]
            : []),
        ]}
      />
    </Panel>
  )
}

function Recipients({ held }: { readonly held: HeldMessage }) {
  const t = useWords('held')
  return (
    <ul className={classes.plain}>
      {held.recipients.map((one) => (
        <li key={one.index}>
          <HostText>{one.address}</HostText>: {becameWord(t, one.state)}
          {one.decidedBy ? t('held.by', { by: one.decidedBy }) : ''}
          {one.requestedAt !== null && <span className="tx2"> · {askedWords(t, one)}</span>}
        </li>
      ))}
    </ul>
  )
}

function askedWords(t: Words, { requestedBy, requestText }: HeldMessage['recipients'][number]): string {
  if (!requestText) return t('heldMessage.askedForBy', { requestedBy })
  return t('heldMessage.askedForByWith', { requestedBy, words: requestText })
}

function timesWords(t: Words, times: number): string {
  if (times === 0) return t('heldMessage.forTheFirstTime')
  return t('heldMessage.afterLooks', { count: times })
}

/** Nobody's words are shown before somebody asks: each look is in the audit log. */
function Preview({ message }: { readonly message: string }) {
  const t = useWords('held')
  const [isOpen, setOpen] = useState(false)
  if (isOpen) return <Content message={message} />
  return (
    <Panel title={t('heldMessage.whatItSays')}>
      <p className="tx2">{t('heldMessage.nothingIsLoadedAndNothing')}</p>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t('heldMessage.lookAtTheMessage')}
      </Button>
    </Panel>
  )
}

function Content({ message }: { readonly message: string }) {
  const t = useWords('held')
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
    <Panel title={t('heldMessage.whatItSays')}>
      <div className={stack.stack}>
        {odd.length > 0 && (
          <Note tone="warn" title={t('heldMessage.linksThatLeadElsewhereThan')}>
            <ul>
              {odd.slice(0, 10).map(({ text, href }) => (
                <li key={`${text} ${href}`}>
                  {rich(t, 'heldMessage.leadsTo', { text, host: <HostText>{href}</HostText> })}
                </li>
              ))}
            </ul>
          </Note>
        )}
        {data.isCut && (
          <Note tone="info" title={t('heldMessage.onlyTheBeginningOfThis')}>
            {t('heldMessage.attachmentsFurtherBehind')}
          </Note>
        )}
        <MailView text={data.text} html={data.html} label={t('heldMessage.theHeldMessage')} />
        {data.attachments.length > 0 && (
          <div>
            <h3>{t('heldMessage.attachments')}</h3>
            <ul className={classes.plain}>
              {data.attachments.map(({ name, type, size }, at) => (
                <li key={at}>
                  {name}{' '}
                  <span className="tx2">
                    {t('heldMessage.kbAsSent', { type, size: Math.ceil(size / 1024) })}
                  </span>
                </li>
              ))}
            </ul>
          </div>
        )}
        <details>
          <summary>{t('heldMessage.headerFields')}</summary>
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
