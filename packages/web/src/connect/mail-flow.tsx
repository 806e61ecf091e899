// How mail flows now and will flow: internet, Gatepost, mail host; a full line where it is in use already.
import type { Connect, StepName } from '@gatepost/contract/connect.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
import classes from './connect.module.css'
import { useBoxWord } from './step-words.ts'

export function MailFlow({ connect }: { readonly connect: Connect }) {
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

type LineProps = {
  readonly from: string
  readonly to: string
  readonly used: boolean
  readonly words: string
}

function Line({ from, to, used, words }: LineProps) {
  const use = used ? 'yes' : 'no'
  return (
    <>
      <span className={classes.box}>{from}</span>
      <span className={classes.wire} data-use={use} />
      <span className={classes.box} data-use={use}>
        Gatepost
        <small>{words}</small>
      </span>
      <span className={classes.wire} data-use={use} />
      <span className={classes.box}>{to}</span>
    </>
  )
}

type Flow = { readonly host: string; readonly inbound: boolean; readonly outbound: boolean }

function sentenceOf(words: Words, { host, inbound, outbound }: Flow): string {
  const first = words(inbound ? 'flow.inboundUsed' : 'flow.inboundLater', { host })
  const second = words(outbound ? 'flow.outboundUsed' : 'flow.outboundLater', { host })
  return `${first} ${second}`
}
