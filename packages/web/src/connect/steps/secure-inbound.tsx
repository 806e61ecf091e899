// C10 and C16: does the mail host refuse strangers, how it is locked in this environment, and the way back.

import { getConnect, getStepHistory } from '@gatepost/contract/connect.ts'
import { checkLock, getLock, type Lock, type LockedHost } from '@gatepost/contract/lock.ts'
import { getTenant } from '@gatepost/contract/tenant.ts'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { useSaid } from '#i18n/said.ts'
import { CheckButton } from '#shared/check-button.tsx'
import { CopyButton } from '#shared/copy-button.tsx'
import { HostText } from '#shared/host-text.tsx'
import { Note, ProblemNote } from '#shared/note.tsx'
import { Panel, PanelBody } from '#shared/panel.tsx'
import { SkeletonRows } from '#shared/skeleton.tsx'
import stack from '#shared/stack.module.css'
import { StatusWord } from '#shared/status-word.tsx'
import { CheckedLine, RelativeTime } from '#shared/time.tsx'
import instructions from '../instructions/instructions.module.css'
import { lockInstructions } from '../instructions/lock.ts'
import type { Part } from '../instructions/part.ts'
import { keyOf, PartView } from '../instructions/part-view.tsx'
import { useTold } from '../instructions/use-told.ts'
import classes from './lock.module.css'

const READ_MS = 5_000

export function SecureInbound() {
  const tenant = useSlug()
  const { data, error } = useEndpoint(getLock, { params: { tenant } }, { refetchInterval: READ_MS })
  const { data: about } = useEndpoint(getTenant, { params: { tenant } })
  if (!data || !about) return error ? <ProblemNote error={error} /> : <SkeletonRows />
  return (
    <>
      <Probe lock={data} />
      <Sources lock={data} />
      <Instructions lock={data} domain={about.primaryDomain} />
    </>
  )
}

function Probe({ lock }: { readonly lock: Lock }) {
  const t = useWords('connect')
  const tenant = useSlug()
  const may = useMay('connect:write')
  const check = useAction(checkLock, { readAgain: [getLock, getConnect, getStepHistory] })
  const ready = lock.vantages.filter(({ isReady }) => isReady)
  return (
    <Panel
      title={t('lock.title')}
      side={t('lock.side')}
      flush
      actions={
        may && (
          <CheckButton
            of={t('lock.ofHosts')}
            busy={check.isPending}
            error={check.error}
            onCheck={() => check.mutate({ params: { tenant } })}
          />
        )
      }
    >
      {ready.length === 0 && (
        <PanelBody>
          <Note tone="mute" title={t('lock.noVantage')}>
            <p>{t('lock.noVantageMeans')}</p>
          </Note>
        </PanelBody>
      )}
      {lock.hosts.length === 0 && (
        <PanelBody>
          <p className="tx2">{t('lock.noRoute')}</p>
        </PanelBody>
      )}
      <ul className={classes.hosts} aria-label={t('lock.hosts')}>
        {lock.hosts.map((host) => (
          <Host key={`${host.host}:${host.port}`} host={host} />
        ))}
      </ul>
    </Panel>
  )
}

const verdictWordsOf = (t: Words) =>
  ({
    closed: { state: 'passed', word: t('lock.closed') },
    open: { state: 'failed', word: t('lock.open') },
    unknown: { state: 'not-verified', word: t('lock.notVerified') },
    'no-vantage': { state: 'not-verified', word: t('lock.notVerified') },
    'not-run': { state: 'not-run', word: t('lock.notAsked') },
  }) as const

function Host({ host }: { readonly host: LockedHost }) {
  const t = useWords('connect')
  const { state, word } = verdictWordsOf(t)[host.verdict]
  return (
    <li className={classes.host}>
      <div className={classes.head}>
        <span className="strong">
          <HostText>{`${host.host}:${host.port}`}</HostText>
        </span>
        <StatusWord of="check" state={state} word={word} />
      </div>
      {host.isOpenAgain && <Note tone="warn" title={t('lock.openAgain')} />}
      {host.knocks.length > 0 && (
        <ul className={classes.knocks}>
          {host.knocks.map((knock) => (
            <li
              key={`${knock.from.kind} ${knock.from.name} ${knock.sender} ${knock.recipient}`}
              className="small"
            >
              <StatusWord
                of="check"
                state={
                  knock.kind === 'closed'
                    ? 'passed'
                    : knock.kind === 'open' && !knock.isInside
                      ? 'failed'
                      : 'not-verified'
                }
                word={
                  knock.kind === 'closed'
                    ? t('lock.refused')
                    : knock.kind === 'open'
                      ? t('lock.letIn')
                      : t('lock.noProof')
                }
              />
              <span className="tx2">
                {rich(t, 'lock.from', { span: <span className="mono">{knock.from.name}</span> })}
                {knock.from.kind === 'agent' && t('lock.agent')}
                {knock.sender === 'own-domain' && t('lock.ownDomain')}
                {knock.recipient === 'cloud-domain' && t('lock.cloudDomain')}
                {knock.isInside && knock.kind === 'open' && t('lock.inside')}
              </span>
              <span className={`mono ${classes.reply}`}>{knock.reply}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="small tx3">
        {host.closedSince !== null &&
          rich(t, 'lock.closedSince', { time: <RelativeTime at={host.closedSince} /> })}
        <CheckedLine checkedAt={host.checkedAt} nextCheckAt={host.nextCheckAt} />
      </p>
    </li>
  )
}

function Sources({ lock }: { readonly lock: Lock }) {
  const t = useWords('connect')
  const list = lock.addresses.join('\n')
  return (
    <Panel title={t('lock.sources')} side={t('lock.port')}>
      <div className={stack.stack}>
        <ul className={`plain ${classes.sources}`}>
          {lock.addresses.map((address) => (
            <li key={address} className={stack.row}>
              <span className="mono">{address}</span>
              <span className="small tx2">{t('lock.thisGateway', { hostname: lock.hostname })}</span>
            </li>
          ))}
          {lock.addresses.length === 0 && (
            <li className="tx2">{t('lock.noAddresses', { hostname: lock.hostname })}</li>
          )}
          {lock.allowsExchangeOnline && (
            <li>
              {rich(t, 'lock.exchange', { span: <span className="small tx2">{t('lock.hybridHalf')}</span> })}
            </li>
          )}
        </ul>
        {lock.addresses.length > 0 && (
          <div className={stack.row}>
            <CopyButton value={list} label={t('lock.copy')} text />
          </div>
        )}
      </div>
    </Panel>
  )
}

function Instructions({ lock, domain }: { readonly lock: Lock; readonly domain: string }) {
  const t = useWords('connect')
  const say = useSaid()
  const tell = useTold()
  const { addresses, hostname: smartHost, environment, stops } = lock
  const words = lockInstructions(environment, { addresses, smartHost, domain })
  const mayLock = stops.length === 0
  return (
    <>
      <Panel title={tell(words.title)} side={t('lock.prepare')}>
        <Steps parts={words.prepare} />
      </Panel>
      <Panel title={t('lock.lock')} side={mayLock ? t('lock.mayLock') : t('lock.notYet')}>
        <div className={stack.stack}>
          {!mayLock && (
            <Note tone="warn" title={t('lock.stops', { value: stops.map((each) => each.domain).join(', ') })}>
              <ul>
                {stops.map((each) => (
                  <li key={each.domain}>
                    {each.domain}: {say(each.said, each.saw)}
                  </li>
                ))}
              </ul>
              <p>{t('lock.stopsMeans')}</p>
            </Note>
          )}
          {mayLock && <Steps parts={words.lock} />}
          {words.caution && (
            <Note tone="warn" title={tell(words.caution.title)}>
              <p>{tell(words.caution.text)}</p>
            </Note>
          )}
        </div>
      </Panel>
      <Panel title={t('lock.wayBack')} side={t('lock.undo')}>
        <Steps parts={words.undo} />
      </Panel>
    </>
  )
}

function Steps({ parts }: { readonly parts: readonly (readonly Part[])[] }) {
  return (
    <ol className={instructions.steps}>
      {parts.map((step) => (
        <li key={step.map(keyOf).join()}>
          {step.map((part) => (
            <PartView key={keyOf(part)} part={part} />
          ))}
        </li>
      ))}
    </ol>
  )
}
