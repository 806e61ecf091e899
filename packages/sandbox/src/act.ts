// Does what people of the small internet do with mail, and tells every reply of the gateway.
import type { CloudSender } from './cloud.ts'
import type { Journaled } from './journal.ts'
import type { MailHost } from './mail-host.ts'
import { composeMessage } from './message-text.ts'
import { type Clock, pause } from './platform.ts'
import { type SendResult, sendMessage } from './senders.ts'
import {
  ACTIONS,
  type Action,
  type ActionChanges,
  type ActionDone,
  type ActionKind,
} from './world-actions.ts'

export type ActionContext = {
  readonly gateway: { readonly host: string; readonly port: number }
  readonly acme: MailHost
  /** Where acme's mail is delivered in this environment; what goes past the gateway goes there. */
  readonly mailbox: MailHost
  readonly cloud: CloudSender
  readonly clock: Clock
  /** Told of outbound mail that was taken, as journaling is. */
  readonly journaled: (message: Journaled) => void
  /** Makes Message-ID and source port differ each time. */
  readonly count: number
}

/** Does one of the actions, with changes if wanted, and reports every reply of the gateway. */
export async function act(
  kind: ActionKind,
  changes: ActionChanges,
  context: ActionContext,
): Promise<ActionDone> {
  const { clock, count, cloud } = context
  const planned: Action | undefined = ACTIONS.find((action) => action.kind === kind)
  if (planned === undefined) throw new RangeError(`no such action: ${kind}`)
  const action: Action = { ...planned, ...(kind === 'outbound-cloud' ? cloud : {}), ...changes }
  const at = clock.now()
  const messageId = `<sandbox-${at.toString(36)}-${count}@${action.helo}>`
  const content = composeMessage({
    ...action,
    from: action.author,
    to: [action.to],
    messageId,
    at,
    fields: kind === 'outbound-cloud' ? cloud.fields : [],
  })
  const { reversePath, to, sourceIp } = action
  const result = await deliver(action, content, context)
  if (result.accepted && kind.startsWith('outbound'))
    context.journaled({ reversePath, forwardPaths: [to], content })
  return { kind, at, reversePath, to, sourceIp, messageId, result }
}

function deliver(action: Action, content: Buffer, context: ActionContext): Promise<SendResult> {
  const { gateway, acme, mailbox, count } = context
  const { kind, sourceIp, helo, reversePath } = action
  const envelope = { reversePath, forwardPaths: [action.to], content }
  if (kind === 'outbound') return acme.send({ ...envelope, smartHost: gateway, sourceAddress: sourceIp })
  if (kind === 'bypass') {
    const { host, port } = mailbox
    return sendMessage({ ...envelope, host, port, helo, localAddress: sourceIp })
  }
  const proxy = { sourceIp, sourcePort: 20_000 + (count % 40_000) }
  return sendMessage({ ...envelope, ...gateway, helo, proxy })
}

/** Real mail servers come again within minutes; a little more than a minute is what greylisting asks for. */
const RETRY_MS = 65_000
const RETRIES_MAX = 3
/** Who has a mail server behind them. The others try once, as what sends spam does. */
const RETRYING: ReadonlySet<ActionKind> = new Set(['partner', 'survey'])

/** Sends the same message again for as long as it is greylisted, as its sender's mail server would. */
export async function retry(
  first: ActionDone,
  changes: ActionChanges,
  context: ActionContext & {
    readonly signal: AbortSignal
    readonly keep: (done: ActionDone) => void
  },
): Promise<void> {
  const { clock, signal, keep } = context
  let last = first
  for (let tries = 0; tries < RETRIES_MAX && isGreylisted(last); tries++) {
    await pause(RETRY_MS, signal)
    if (signal.aborted) return
    const again = await act(first.kind, changes, { ...context, clock: { now: () => first.at } })
    last = { ...again, at: clock.now() }
    keep(last)
  }
}

function isGreylisted({ kind, result }: ActionDone): boolean {
  const deferred = result.replies.some(({ code, status }) => code === 451 && status === '4.2.0')
  return !result.accepted && deferred && RETRYING.has(kind)
}
