// Who outside sends with our domains: what each authenticates as, what becomes of its mail, the way through.
import { getConnect } from '@gatepost/contract/connect.ts'
import { dismissSpoofSource, getSpoofing, type SpoofSource } from '@gatepost/contract/spoofing.ts'
import { Button, Switch } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { EmptyState } from '#shared/empty-state.tsx'
import { plural } from '#shared/format.ts'
import { HostText } from '#shared/host-text.tsx'
import { ProblemNote } from '#shared/note.tsx'
import { Panel } from '#shared/panel.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { RelativeTime } from '#shared/time.tsx'
import { ExemptForm } from './exempt-form.tsx'
import classes from './spoofing.module.css'

type Props = {
  readonly sources: readonly SpoofSource[]
  readonly since: number
  readonly may: boolean
  readonly withDismissed: boolean
  readonly onDismissed: (on: boolean) => void
}

const STATES = {
  passes: ['continue', 'Passes'],
  exempt: ['continue', 'Let through'],
  refused: ['reject', 'Refused'],
  'would-be-refused': ['blind-continue', 'Would be refused'],
} as const

export function SourcesPanel({ sources, since, may, withDismissed, onDismissed }: Props) {
  return (
    <Panel
      title="Who sends as you"
      side={
        <>
          since <RelativeTime at={since} />
        </>
      }
      actions={
        <Switch
          size="xs"
          label="Also set aside"
          checked={withDismissed}
          onChange={(event) => onDismissed(event.currentTarget.checked)}
        />
      }
      flush
    >
      {sources.length === 0 ? (
        <EmptyState title="Nobody outside has used your domains">
          <p>Services and forgers that do show here with what they authenticate as.</p>
        </EmptyState>
      ) : (
        <ul className={classes.sources}>
          {sources.map((source) => (
            <Source key={`${source.domain} ${source.kind} ${source.source}`} source={source} may={may} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Source({ source, may }: { readonly source: SpoofSource; readonly may: boolean }) {
  const tenant = useSlug()
  const [isOpen, setOpen] = useState(false)
  const dismiss = useAction(dismissSpoofSource, {
    readAgain: [getSpoofing, getConnect],
    said: () => ({ text: 'The source is dismissed.' }),
  })
  const [state, word] = STATES[source.state]
  const { newest } = source
  const isStopped = source.state === 'refused' || source.state === 'would-be-refused'
  const key = { domain: source.domain, kind: source.kind, source: source.source }
  return (
    <li className={classes.source}>
      <div className={classes.head}>
        <StatusWord of="policy" state={state} word={word} />
        <span className={classes.name}>
          <strong>
            <HostText>{source.name}</HostText>
          </strong>{' '}
          as <HostText>{newest.sender}</HostText>
        </span>
        <span className={classes.when}>
          {plural(source.accepted + source.refused + source.reported, 'message')}, last{' '}
          <RelativeTime at={source.lastSeenAt} />
        </span>
      </div>
      <p className={classes.line}>{source.text}</p>
      <p className={classes.line}>
        <Evidence source={source} />
      </p>
      <div className={stack.row}>
        {may && isStopped && source.exemptions.length > 0 && (
          <Button
            size="compact-sm"
            variant="default"
            aria-expanded={isOpen}
            onClick={() => setOpen((open) => !open)}
          >
            Let through<span className="hidden-visually"> {source.name}</span>
          </Button>
        )}
        {may && (
          <Button
            size="compact-sm"
            variant="default"
            loading={dismiss.isPending}
            onClick={() =>
              dismiss.mutate({ params: { tenant }, body: { ...key, dismissed: !source.dismissed } })
            }
          >
            {source.dismissed ? 'Bring back' : 'Set aside'}
            <span className="hidden-visually"> {source.name}</span>
          </Button>
        )}
        <Link
          to="/t/$slug/messages/$message"
          params={{ slug: tenant, message: newest.messageId }}
          className={classes.link}
        >
          Newest message<span className="hidden-visually"> of {source.name}</span>
        </Link>
        {may && (
          <Link
            to="/t/$slug/services"
            params={{ slug: tenant }}
            search={{ message: newest.messageId }}
            className={classes.link}
          >
            Trust as a service<span className="hidden-visually">: {source.name}</span>
          </Link>
        )}
      </div>
      {dismiss.error && <ProblemNote error={dismiss.error} />}
      {isOpen && <ExemptForm source={source} onDone={() => setOpen(false)} />}
    </li>
  )
}

/** What the newest message proved, in one line. */
function Evidence({ source }: { readonly source: SpoofSource }) {
  const { newest, domain } = source
  const spf = newest.spfDomain === '' ? '' : ` (${newest.spfDomain})`
  return (
    <span className="tx2">
      {newest.hostName === null ? `Host ${newest.ip}` : `Host ${newest.hostName}`} · SPF {newest.spf}
      {spf} · {newest.signers.length === 0 ? 'no valid signature' : `signed by ${newest.signers.join(', ')}`}{' '}
      · DMARC of {domain} {newest.dmarc}
    </span>
  )
}
