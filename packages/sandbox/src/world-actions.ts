// What people of the small internet do with mail: write to acme, write from acme, and try what should not
// work.
import type { MailHost } from './mail-host.ts'
import { composeMessage } from './message-text.ts'
import { type Clock, pause } from './platform.ts'
import { type SendResult, sendMessage } from './senders.ts'
import { ACME } from './world-zones.ts'

export type ActionKind =
  | 'partner'
  | 'survey'
  | 'unknown-recipient'
  | 'spoofed'
  | 'foreign-domain'
  | 'outbound'
  | 'unauthorised'

export type Action = {
  readonly kind: ActionKind
  readonly title: string
  /** What a gateway in good order does with it. */
  readonly expect: string
  /** The address that the client claims by PROXY v2. */
  readonly sourceIp: string
  readonly helo: string
  readonly reversePath: string
  readonly author: string
  readonly to: string
  readonly subject: string
  readonly body: string
}

export type ActionChanges = Partial<
  Pick<Action, 'sourceIp' | 'helo' | 'reversePath' | 'author' | 'to' | 'subject' | 'body'>
>

export type ActionDone = {
  readonly kind: ActionKind
  readonly at: number
  readonly reversePath: string
  readonly to: string
  readonly sourceIp: string
  readonly messageId: string
  readonly result: SendResult
}

const BRIGHT = { sourceIp: '203.0.113.10', helo: 'mail.bright.example' }

export const ACTIONS: readonly Action[] = [
  {
    ...BRIGHT,
    kind: 'partner',
    title: 'Ben of Bright writes to Ann',
    expect: 'Accepted and delivered, SPF passes',
    reversePath: 'ben@bright.example',
    author: 'Ben Bright <ben@bright.example>',
    to: 'ann@acme.example',
    subject: 'Offer for the spring order',
    body: 'Dear Ann,\n\nhere is the offer we talked about.\n\nBen',
  },
  {
    kind: 'survey',
    title: 'A survey service writes as Acme',
    expect: 'SPF passes for the service, the author is Acme',
    sourceIp: '203.0.113.77',
    helo: 'out7.survey.example',
    reversePath: 'bounce-17@survey.example',
    author: 'Acme feedback <sales@acme.example>',
    to: 'bob@acme.example',
    subject: 'How did we do?',
    body: 'Two questions, one minute.',
  },
  {
    ...BRIGHT,
    kind: 'unknown-recipient',
    title: 'Ben of Bright writes to nobody',
    expect: '550 5.1.1 Invalid Recipient once recipients are validated',
    reversePath: 'ben@bright.example',
    author: 'Ben Bright <ben@bright.example>',
    to: 'nobody@acme.example',
    subject: 'Is anybody there?',
    body: 'This mailbox does not exist.',
  },
  {
    kind: 'spoofed',
    title: 'A stranger pretends to be Ann',
    expect: 'SPF fails, and nothing proves the author',
    sourceIp: '192.0.2.66',
    helo: 'host-66.dialup.example',
    reversePath: 'ann@acme.example',
    author: 'Ann Archer <ann@acme.example>',
    to: 'bob@acme.example',
    subject: 'Urgent payment',
    body: 'Bob, pay this today and tell nobody.\n\nAnn',
  },
  {
    ...BRIGHT,
    kind: 'foreign-domain',
    title: 'Ben tries to relay to another domain',
    expect: '451 4.7.1 Open relay not allowed',
    reversePath: 'ben@bright.example',
    author: 'Ben Bright <ben@bright.example>',
    to: 'info@survey.example',
    subject: 'Passing through',
    body: 'This should not get through the gateway.',
  },
  {
    kind: 'outbound',
    title: 'Ann writes to Ben of Bright',
    expect: 'Accepted once the address is authorised, delivered by MX',
    sourceIp: ACME.publicIp,
    helo: ACME.mailHost,
    reversePath: 'ann@acme.example',
    author: 'Ann Archer <ann@acme.example>',
    to: 'ben@bright.example',
    subject: 'Our order',
    body: 'Dear Ben,\n\nwe take ten of them.\n\nAnn',
  },
  {
    kind: 'unauthorised',
    title: 'Acme writes from an unknown address',
    expect: '451 4.7.1 Open relay not allowed (address is not authorized)',
    sourceIp: '198.51.100.99',
    helo: 'branch.acme.example',
    reversePath: 'bob@acme.example',
    author: 'Bob Brown <bob@acme.example>',
    to: 'ben@bright.example',
    subject: 'From the branch office',
    body: 'This address was never authorised.',
  },
]

export type ActionContext = {
  readonly gateway: { readonly host: string; readonly port: number }
  readonly acme: MailHost
  readonly clock: Clock
  /** Makes Message-ID and source port differ each time. */
  readonly count: number
}

/** Does one of the actions, with changes if wanted, and reports every reply of the gateway. */
export async function act(
  kind: ActionKind,
  changes: ActionChanges,
  { gateway, acme, clock, count }: ActionContext,
): Promise<ActionDone> {
  const planned = ACTIONS.find((action) => action.kind === kind)
  if (planned === undefined) throw new RangeError(`no such action: ${kind}`)
  const action = { ...planned, ...changes }
  const at = clock.now()
  const messageId = `<sandbox-${at.toString(36)}-${count}@${action.helo}>`
  const content = composeMessage({ ...action, from: action.author, to: [action.to], messageId, at })
  const envelope = { reversePath: action.reversePath, forwardPaths: [action.to], content }
  const result =
    kind === 'outbound'
      ? await acme.send({ ...envelope, smartHost: gateway, sourceAddress: action.sourceIp })
      : await sendMessage({
          ...envelope,
          ...gateway,
          helo: action.helo,
          proxy: { sourceIp: action.sourceIp, sourcePort: 20_000 + (count % 40_000) },
        })
  const { reversePath, to, sourceIp } = action
  return { kind, at, reversePath, to, sourceIp, messageId, result }
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

export function isActionKind(text: string): text is ActionKind {
  return ACTIONS.some((action) => action.kind === text)
}
