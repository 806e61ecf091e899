// `messages`: where every message is, and why.
import {
  getMessage,
  listMessages,
  type Message,
  MessageStatus,
  retryMessage,
} from '@gatepost/contract/message.ts'
import { type Command, type Context, command, numberOf, oneOf } from '../command.ts'
import { facts, table } from '../layout.ts'
import { plural, sizeOf, spanOf, timeOf, wordOf } from '../words.ts'

const DIRECTIONS = ['inbound', 'outbound'] as const

export const messageCommands: readonly Command[] = [
  command({
    path: 'messages list',
    flags: [
      {
        name: 'search',
        value: 'TEXT',
        means: 'Addresses, domains, subject words, message ids, client addresses.',
      },
      { name: 'status', value: 'STATUS', means: `One of ${MessageStatus.options.join(', ')}.` },
      { name: 'direction', value: 'WAY', means: 'inbound or outbound.' },
      {
        name: 'from',
        value: 'WHO',
        means: 'Sender: an address, a domain, or a beginning with * at its end.',
      },
      {
        name: 'to',
        value: 'WHO',
        means: 'Recipient: an address with its aliases, a domain, or a beginning.',
      },
      { name: 'group', value: 'GROUP', means: 'A recipient is in this group, by its name or id.' },
      { name: 'ip', value: 'IP', means: 'The client’s address, or its beginning with * at its end.' },
      { name: 'reason', value: 'REASON', means: 'A reason as docs/reference/policies.md lists them.' },
      { name: 'policy', value: 'POLICY', means: 'A policy that refused, deferred, held or waived.' },
      { name: 'rule', value: 'ID', means: 'A rule that was applied.' },
      { name: 'limit', value: 'N', means: 'At most so many (50, up to 500).' },
      { name: 'after', value: 'ID', means: 'Messages older than this one.' },
    ],
    means: 'Every attempt, newest first.',
    run: list,
  }),
  command({
    path: 'messages show',
    args: ['ID'],
    means: 'Why: what happened to a message, by which policy, and each delivery attempt.',
    run: async ({ call, tenant, arg, show }) => {
      const message = await call(getMessage, { params: { tenant: await tenant(), message: arg(0) } })
      show(message, () => messageText(message))
      return 0
    },
  }),
  command({
    path: 'messages retry',
    args: ['ID'],
    means: 'Tries the queued recipients of a message now. Exit code 1 when none was waiting.',
    run: async ({ call, tenant, arg, show }) => {
      const done = await call(retryMessage, { params: { tenant: await tenant(), message: arg(0) } })
      show(done, () =>
        done.recipients === 0
          ? 'No recipient of this message is waiting.\n'
          : `${plural(done.recipients, 'recipient is', 'recipients are')} tried now.\n`,
      )
      return done.recipients === 0 ? 1 : 0
    },
  }),
]

/** Flags that are filters as they stand. */
const FILTER_FLAGS = {
  from: 'sender',
  to: 'recipient',
  group: 'group',
  ip: 'ip',
  reason: 'reason',
  policy: 'policy',
  rule: 'rule',
} as const

async function list({ again, call, tenant, flag, show }: Context): Promise<number> {
  const search = flag('search')
  const status = flag('status')
  const direction = flag('direction')
  const after = flag('after')
  const filters = Object.fromEntries(
    Object.entries(FILTER_FLAGS).flatMap(([name, field]) => {
      const value = flag(name)
      return value === undefined ? [] : [[field, value]]
    }),
  )
  const query = {
    ...filters,
    limit: numberOf(flag('limit') ?? '50', '--limit'),
    ...(search === undefined ? {} : { search }),
    ...(status === undefined ? {} : { status: oneOf(status, MessageStatus.options, '--status') }),
    ...(direction === undefined ? {} : { direction: oneOf(direction, DIRECTIONS, '--direction') }),
    ...(after === undefined ? {} : { after }),
  }
  const page = await call(listMessages, { params: { tenant: await tenant() }, query })
  const isFiltered =
    search !== undefined || status !== undefined || direction !== undefined || Object.keys(filters).length > 0
  show(page, () =>
    [
      table(
        ['Time', 'Status', 'From', 'To', 'Subject', 'Reason', 'Id'],
        page.items.map((row) => [
          timeOf(row.at),
          wordOf(row.status),
          row.reversePath ?? '<>',
          `${row.forwardPath ?? '–'}${row.recipientCount > 1 ? ` and ${row.recipientCount - 1} more` : ''}`,
          row.subject ?? '–',
          `${row.reason}${row.count > 1 ? ` (${row.count} times)` : ''}`,
          row.id,
        ]),
        isFiltered ? 'No message matches.' : 'No message reached us yet.',
      ),
      ...(page.next === null ? [] : [`Older ones: ${again(page.next)}\n`]),
    ].join(''),
  )
  return 0
}

function messageText(message: Message): string {
  const { client, reply, recipients, explanation, attempts } = message
  const steps = recipients.flatMap(({ forwardPath, explanation: of }) =>
    of.map((step) => ({ forwardPath, ...step })),
  )
  return [
    `${wordOf(message.status)}: ${message.verdict}\n`,
    message.smallestChange === null
      ? ''
      : `The smallest change that alters this: ${message.smallestChange}\n`,
    comingsText(message),
    '\n',
    facts([
      ['Id', message.id],
      ['Time', timeOf(message.at)],
      ['From', message.reversePath ?? '<>'],
      ['To', recipients.map(({ forwardPath, status }) => `${forwardPath} (${wordOf(status)})`).join(', ')],
      ['Subject', message.subject],
      ['Message-ID', message.messageIdField],
      ['Size', sizeOf(message.size)],
      ['Client', client === null ? null : `${client.ip} ${client.name ?? '(no name)'}, HELO ${client.helo}`],
      ['TLS', client === null ? null : client.tls ? `${client.tls.version} ${client.tls.cipher}` : 'none'],
      ['Our reply', reply === null ? null : `${reply.code} ${reply.status ?? ''} ${reply.text}`],
    ]),
    '\n',
    table(
      ['Recipient', 'Policy', 'Said', 'Because', 'Saw'],
      [...steps, ...explanation.map((step) => ({ forwardPath: 'message', ...step }))].map((step) => [
        step.forwardPath,
        `${step.policy}${step.deciding ? ' (decided)' : ''}`,
        wordOf(step.kind),
        step.means,
        step.saw,
      ]),
      'No policy was asked.',
    ),
    '\n',
    table(
      ['Attempt', 'Outcome', 'Next hop', 'Took', 'Reply', 'Next'],
      attempts.map((one) => [
        timeOf(one.at),
        wordOf(one.outcome),
        one.nextHop === null ? '–' : `${one.nextHop.host} ${one.nextHop.ip ?? ''}`,
        spanOf(one.durationMs),
        one.by === undefined
          ? replyOf(one.reply)
          : [`by ${one.by}`, ...(one.reply.text === '' ? [] : [one.reply.text])].join(': '),
        timeOf(one.nextAttemptAt),
      ]),
      'No delivery was tried.',
    ),
  ].join('')
}

/** `Put off by greylisting at …; accepted at … after 15 min.`, and each coming with its id. */
function comingsText({ comings, id }: Message): string {
  if (comings === null) return ''
  const { items, total, firstAt, endedAt, delayMs, acceptedFrom, giveUpAt } = comings
  const rest =
    endedAt === null
      ? `a retry is taken from ${timeOf(acceptedFrom)} until ${timeOf(giveUpAt)}`
      : `${wordOf(items.at(-1)?.status ?? 'accepted')} at ${timeOf(endedAt)} after ${spanOf(delayMs ?? 0)}`
  const lines = items.map((one) => `  ${timeOf(one.at)} ${wordOf(one.status)} ${one.forwardPath} ${one.id}`)
  const marked = lines.map((line, at) => `${line}${items[at]?.id === id ? ' (this one)' : ''}\n`)
  return [
    `Put off by greylisting at ${timeOf(firstAt)}; ${rest}. It came ${plural(total, 'time')}:\n`,
    ...marked,
  ].join('')
}

/** Without the code where there was no reply. */
function replyOf({ code, text }: { readonly code: number; readonly text: string }): string {
  return code === 0 ? text : `${code} ${text}`
}
