// How mail flows now and will flow: internet, Gatepost, mail host; a full line where it is in use already.
import type { Connect, StepName } from '@gatepost/contract/connect.ts'
import { listClouds } from '@gatepost/contract/outbound.ts'
import { listRoutes } from '@gatepost/contract/route.ts'
import { Fragment } from 'react'
import { useEndpoint } from '#api/use-endpoint.ts'
import { useMay, useSlug } from '#app/session.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import classes from './connect.module.css'
import { hybridPathOf } from './hybrid.ts'
import { useBoxWord } from './step-words.ts'

export function MailFlow({ connect }: { readonly connect: Connect }) {
  return connect.environment === 'hybrid' ? <HybridFlow connect={connect} /> : <PlainFlow connect={connect} />
}

function PlainFlow({ connect }: { readonly connect: Connect }) {
  const words = useWords('connect')
  const host = useBoxWord(connect.environment)
  const internet = words('flow.internet')
  const isDone = (name: StepName) => connect.steps.some((step) => step.name === name && step.state === 'done')
  const inbound = isDone('modify-mx')
  const outbound = isDone('outbound')
  return (
    <div className={classes.flow} role="img" aria-label={sentenceOf(words, { host, inbound, outbound })}>
      <span className={classes.flowName}>{words('flow.inbound')}</span>
      <Line from={internet} to={host} used={inbound} words={words(inbound ? 'flow.inUse' : 'flow.afterMx')} />
      <span className={classes.flowName}>{words('flow.outbound')}</span>
      <Line
        from={host}
        to={internet}
        used={outbound}
        words={words(outbound ? 'flow.inUse' : 'flow.afterSmartHost')}
      />
    </div>
  )
}

/** Both halves and the way between them, as the default route and the shared clouds have it. */
function HybridFlow({ connect }: { readonly connect: Connect }) {
  const words = useWords('connect')
  const tenant = useSlug()
  const routes = useEndpoint(listRoutes, { params: { tenant } }, { enabled: useMay('routes:read') })
  const clouds = useEndpoint(listClouds, { params: { tenant } }, { enabled: useMay('outbound:read') })
  if (!routes.data || !clouds.data) return <PlainFlow connect={connect} />
  const { entry, isCentral } = hybridPathOf(routes.data.items, clouds.data.items)
  const isDone = (name: StepName) => connect.steps.some((step) => step.name === name && step.state === 'done')
  const inbound = isDone('modify-mx')
  const outbound = isDone('outbound')
  const [cloud, premises, internet] = [words('flow.cloud'), words('flow.premises'), words('flow.internet')]
  const into = entry === 'cloud' ? cloud : premises
  const then = words('flow.then', { host: entry === 'cloud' ? premises : cloud })
  const senders: readonly { readonly from: string; readonly note?: string }[] = isCentral
    ? [{ from: premises, note: words('flow.alsoFor', { host: cloud }) }]
    : [{ from: cloud }, { from: premises }]
  const told = [
    words(entry === null ? 'flow.noEntry' : 'flow.entry', { host: into }),
    words(isCentral ? 'flow.central' : 'flow.notCentral'),
  ].join(' ')
  return (
    <>
      <div className={classes.flow} role="img" aria-label={told}>
        <span className={classes.flowName}>{words('flow.inbound')}</span>
        <Line
          from={internet}
          to={into}
          toNote={entry === null ? undefined : then}
          used={inbound}
          words={words(inbound ? 'flow.inUse' : 'flow.afterMx')}
        />
        {senders.map(({ from, note }) => (
          <Fragment key={from}>
            <span className={classes.flowName}>{words('flow.outbound')}</span>
            <Line
              from={from}
              fromNote={note}
              to={internet}
              used={outbound}
              words={words(outbound ? 'flow.inUse' : 'flow.afterSmartHost')}
            />
          </Fragment>
        ))}
      </div>
      <p className="small tx2">{told}</p>
    </>
  )
}

type LineProps = {
  readonly from: string
  readonly fromNote?: string | undefined
  readonly to: string
  readonly toNote?: string | undefined
  readonly used: boolean
  readonly words: string
}

function Line({ from, fromNote, to, toNote, used, words }: LineProps) {
  const use = used ? 'yes' : 'no'
  return (
    <>
      <span className={classes.box}>
        {from}
        {fromNote && <small>{fromNote}</small>}
      </span>
      <span className={classes.wire} data-use={use} />
      <span className={classes.box} data-use={use}>
        Gatepost
        <small>{words}</small>
      </span>
      <span className={classes.wire} data-use={use} />
      <span className={classes.box}>
        {to}
        {toNote && <small>{toNote}</small>}
      </span>
    </>
  )
}

type Flow = { readonly host: string; readonly inbound: boolean; readonly outbound: boolean }

function sentenceOf(words: Words, { host, inbound, outbound }: Flow): string {
  const first = words(inbound ? 'flow.inboundUsed' : 'flow.inboundLater', { host })
  const second = words(outbound ? 'flow.outboundUsed' : 'flow.outboundLater', { host })
  return `${first} ${second}`
}
