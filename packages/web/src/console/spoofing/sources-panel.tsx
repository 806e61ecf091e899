// Who outside sends with our domains: what each authenticates as, what becomes of its mail, the way through.
import { getConnect } from '@gatepost/contract/connect.ts'
import { dismissSpoofSource, getSpoofing, type SpoofSource } from '@gatepost/contract/spoofing.ts'
import { Button, Switch } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useAction } from '#api/use-endpoint.ts'
import { useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { EmptyState } from '#shared/empty-state.tsx'
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

const statesOf = (t: Words) =>
  ({
    passes: ['continue', t('sourcesPanel.passes')],
    exempt: ['continue', t('sourcesPanel.letThrough')],
    refused: ['reject', t('sourcesPanel.refused')],
    'would-be-refused': ['blind-continue', t('sourcesPanel.wouldBeRefused')],
  }) as const

export function SourcesPanel({ sources, since, may, withDismissed, onDismissed }: Props) {
  const t = useWords('protection')
  return (
    <Panel
      title={t('sourcesPanel.whoSendsAsYou')}
      side={rich(t, 'sourcesPanel.since', { time: <RelativeTime at={since} /> })}
      actions={
        <Switch
          size="xs"
          label={t('sourcesPanel.alsoSetAside')}
          checked={withDismissed}
          onChange={(event) => onDismissed(event.currentTarget.checked)}
        />
      }
      flush
    >
      {sources.length === 0 ? (
        <EmptyState title={t('sourcesPanel.nobodyOutsideHasUsedYour')}>
          <p>{t('sourcesPanel.servicesAndForgersThatDo')}</p>
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
  const t = useWords('protection')
  const tenant = useSlug()
  const [isOpen, setOpen] = useState(false)
  const dismiss = useAction(dismissSpoofSource, {
    readAgain: [getSpoofing, getConnect],
    said: () => ({ text: t('sourcesPanel.theSourceIsDismissed') }),
  })
  const [state, word] = statesOf(t)[source.state]
  const { newest } = source
  const isStopped = source.state === 'refused' || source.state === 'would-be-refused'
  const key = { domain: source.domain, kind: source.kind, source: source.source }
  return (
    <li className={classes.source}>
      <div className={classes.head}>
        <StatusWord of="policy" state={state} word={word} />
        <span className={classes.name}>
          {rich(t, 'sourcesPanel.as', {
            name: (
              <strong>
                <HostText>{source.name}</HostText>
              </strong>
            ),
            host: <HostText>{newest.sender}</HostText>,
          })}
        </span>
        <span className={classes.when}>
          {rich(t, 'sourcesPanel.messagesLast', {
            count: source.accepted + source.refused + source.reported,
            time: <RelativeTime at={source.lastSeenAt} />,
          })}
        </span>
      </div>
      <p className={classes.line}>{becomesWords(t, source)}</p>
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
            {t('sourcesPanel.letThrough')}
            <span className="hidden-visually"> {source.name}</span>
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
            {source.dismissed ? t('sourcesPanel.bringBack') : t('sourcesPanel.setAside')}
            <span className="hidden-visually"> {source.name}</span>
          </Button>
        )}
        <Link
          to="/t/$slug/messages/$message"
          params={{ slug: tenant, message: newest.messageId }}
          className={classes.link}
        >
          {t('sourcesPanel.newestMessage')}
          <span className="hidden-visually">{t('sourcesPanel.of', { name: source.name })}</span>
        </Link>
        {may && (
          <Link
            to="/t/$slug/services"
            params={{ slug: tenant }}
            search={{ message: newest.messageId }}
            className={classes.link}
          >
            {t('sourcesPanel.trustAsAService')}
            <span className="hidden-visually">: {source.name}</span>
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
  const t = useWords('protection')
  const { newest, domain } = source
  const spf = newest.spfDomain === '' ? '' : ` (${newest.spfDomain})`
  return (
    <span className="tx2">
      {t('sourcesPanel.spfDmarcOf', {
        value:
          newest.hostName === null
            ? t('sourcesPanel.host', { ip: newest.ip })
            : t('sourcesPanel.host2', { hostName: newest.hostName }),
        spf: newest.spf,
        spf2: spf,
        value2:
          newest.signers.length === 0
            ? t('sourcesPanel.noValidSignature')
            : t('sourcesPanel.signedBy', { value: newest.signers.join(', ') }),
        domain,
        dmarc: newest.dmarc,
      })}
    </span>
  )
}

/** What becomes of its mail now. */
function becomesWords(t: Words, { state, exemptedBy, text }: SpoofSource): string {
  if (state === 'refused' || state === 'would-be-refused') return t(`sourcesPanel.becomes.${state}`)
  if (exemptedBy !== null) return t('sourcesPanel.becomes.exempt', { name: exemptedBy.name })
  if (text.includes('authenticates')) return t('sourcesPanel.becomes.aligned')
  return text.includes('no policy') ? t('sourcesPanel.becomes.no-policy') : text
}
