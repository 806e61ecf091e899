// How mail flows now and will flow: internet, Gatepost, mail host; a full line where it is in use already.
import type { Connect, StepName } from '@gatepost/contract/connect.ts'
import classes from './connect.module.css'
import { boxWords } from './step-words.ts'

export function MailFlow({ connect }: { readonly connect: Connect }) {
  const host = boxWords[connect.environment]
  const isDone = (name: StepName) => connect.steps.some((step) => step.name === name && step.state === 'done')
  const inbound = isDone('modify-mx')
  const outbound = isDone('outbound')
  return (
    <div className={classes.flow} role="img" aria-label={sentenceOf({ host, inbound, outbound })}>
      <span className={classes.flowName}>Inbound</span>
      <Line from="Internet" to={host} used={inbound} words={inbound ? 'in use' : 'after the MX change'} />
      <span className={classes.flowName}>Outbound</span>
      <Line from={host} to="Internet" used={outbound} words={outbound ? 'in use' : 'after the smart host'} />
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

function sentenceOf(flow: {
  readonly host: string
  readonly inbound: boolean
  readonly outbound: boolean
}): string {
  const inbound = flow.inbound
    ? `Inbound mail comes from the internet through Gatepost to ${flow.host}.`
    : `Inbound mail still goes straight to ${flow.host}; through Gatepost after the MX change.`
  const outbound = flow.outbound
    ? `Outbound mail goes from ${flow.host} through Gatepost to the internet.`
    : `Outbound mail does not pass Gatepost yet.`
  return `${inbound} ${outbound}`
}
