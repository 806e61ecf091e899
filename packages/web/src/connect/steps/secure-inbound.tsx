// C10 and C16: does the mail host refuse strangers, how it is locked in this environment, and the way back.

import { getConnect, getStepHistory } from '@gatepost/contract/connect.ts'
import { checkLock, getLock, type Lock, type LockedHost } from '@gatepost/contract/lock.ts'
import { getTenant } from '@gatepost/contract/tenant.ts'
import { useAction, useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
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
  const tenant = useSlug()
  const may = useMay('connect:write')
  const check = useAction(checkLock, { readAgain: [getLock, getConnect, getStepHistory] })
  const ready = lock.vantages.filter(({ isReady }) => isReady)
  return (
    <Panel
      title="Do strangers get in"
      side="we knock from an address that is not the gateway’s"
      flush
      actions={
        may && (
          <CheckButton
            of="the mail hosts"
            busy={check.isPending}
            error={check.error}
            onCheck={() => check.mutate({ params: { tenant } })}
          />
        )
      }
    >
      {ready.length === 0 && (
        <PanelBody>
          <Note tone="mute" title="Not verified: there is no vantage point">
            <p>
              Our own address has to be let in, so it proves nothing. Run an agent in your network
              (Directories), or ask the operator of this gateway for a second address:
              network.vantage_addresses.
            </p>
          </Note>
        </PanelBody>
      )}
      {lock.hosts.length === 0 && (
        <PanelBody>
          <p className="tx2">No delivery route yet: the mail hosts to lock appear here.</p>
        </PanelBody>
      )}
      <ul className={classes.hosts} aria-label="Mail hosts">
        {lock.hosts.map((host) => (
          <Host key={`${host.host}:${host.port}`} host={host} />
        ))}
      </ul>
    </Panel>
  )
}

const verdictWords = {
  closed: { state: 'passed', word: 'Refuses strangers' },
  open: { state: 'failed', word: 'Takes mail from everybody' },
  unknown: { state: 'not-verified', word: 'Not verified' },
  'no-vantage': { state: 'not-verified', word: 'Not verified' },
  'not-run': { state: 'not-run', word: 'Not asked yet' },
} as const

function Host({ host }: { readonly host: LockedHost }) {
  const { state, word } = verdictWords[host.verdict]
  return (
    <li className={classes.host}>
      <div className={classes.head}>
        <span className="strong">
          <HostText>{`${host.host}:${host.port}`}</HostText>
        </span>
        <StatusWord of="check" state={state} word={word} />
      </div>
      {host.isOpenAgain && (
        <Note tone="warn" title="It refused strangers before, and takes mail from them again" />
      )}
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
                word={knock.kind === 'closed' ? 'Refused' : knock.kind === 'open' ? 'Let in' : 'No proof'}
              />
              <span className="tx2">
                from <span className="mono">{knock.from.name}</span>
                {knock.from.kind === 'agent' && ' (agent)'}
                {knock.sender === 'own-domain' && ', with a sender of your own domain'}
                {knock.recipient === 'cloud-domain' && ', for a recipient in your domain at onmicrosoft.com'}
                {knock.isInside && knock.kind === 'open' && ', inside your network, which says nothing'}
              </span>
              <span className={`mono ${classes.reply}`}>{knock.reply}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="small tx3">
        {host.closedSince !== null && (
          <>
            Closed since <RelativeTime at={host.closedSince} />.{' '}
          </>
        )}
        <CheckedLine checkedAt={host.checkedAt} nextCheckAt={host.nextCheckAt} />
      </p>
    </li>
  )
}

function Sources({ lock }: { readonly lock: Lock }) {
  const list = lock.addresses.join('\n')
  return (
    <Panel title="Sources that stay allowed" side="TCP port 25">
      <div className={stack.stack}>
        <ul className={`plain ${classes.sources}`}>
          {lock.addresses.map((address) => (
            <li key={address} className={stack.row}>
              <span className="mono">{address}</span>
              <span className="small tx2">this gateway, {lock.hostname}</span>
            </li>
          ))}
          {lock.addresses.length === 0 && (
            <li className="tx2">The addresses of {lock.hostname}, which is in no DNS that we see.</li>
          )}
          {lock.allowsExchangeOnline && (
            <li>
              Exchange Online{' '}
              <span className="small tx2">the other half of your hybrid, by Microsoft’s list</span>
            </li>
          )}
        </ul>
        {lock.addresses.length > 0 && (
          <div className={stack.row}>
            <CopyButton value={list} label="Copy our addresses" text />
          </div>
        )}
      </div>
    </Panel>
  )
}

function Instructions({ lock, domain }: { readonly lock: Lock; readonly domain: string }) {
  const { addresses, hostname: smartHost, environment, stops } = lock
  const words = lockInstructions(environment, { addresses, smartHost, domain })
  const mayLock = stops.length === 0
  return (
    <>
      <Panel title={words.title} side="prepare">
        <Steps parts={words.prepare} />
      </Panel>
      <Panel title="Lock" side={mayLock ? 'nothing would stop' : 'not yet'}>
        <div className={stack.stack}>
          {!mayLock && (
            <Note
              tone="warn"
              title={`Mail for ${stops.map((each) => each.domain).join(', ')} would be refused`}
            >
              <ul>
                {stops.map((each) => (
                  <li key={each.domain}>
                    {each.domain}: {each.saw}
                  </li>
                ))}
              </ul>
              <p>The commands appear here once the MX records of all your domains are ours alone.</p>
            </Note>
          )}
          {mayLock && <Steps parts={words.lock} />}
          {words.caution && (
            <Note tone="warn" title={words.caution.title}>
              <p>{words.caution.text}</p>
            </Note>
          )}
        </div>
      </Panel>
      <Panel title="Way back" side="undoes the lock at once">
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
