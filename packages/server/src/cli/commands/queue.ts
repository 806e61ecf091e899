// `queue`: what waits for delivery or for a person, and what is done about it.
import type { BodyIn, OutputOf } from '@gatepost/contract/endpoint.ts'
import {
  actOnQueue,
  getQueueTotals,
  listQueue,
  type QueueAction,
  type QueuedMessage,
  type QueuedRecipient,
  QueueState,
  type SilentEdge,
  setQueuePause,
} from '@gatepost/contract/queue.ts'
import { listRoutes } from '@gatepost/contract/route.ts'
import {
  type Command,
  CommandFailed,
  type Context,
  command,
  type Flag,
  numberOf,
  oneOf,
  UsageError,
} from '../command.ts'
import { facts, table } from '../layout.ts'
import { plural, sizeOf, timeOf, wordOf } from '../words.ts'

const FILTERS: readonly Flag[] = [
  { name: 'state', value: 'STATE', means: 'queued or held.' },
  { name: 'domain', value: 'DOMAIN', means: 'Recipients of this domain.' },
  {
    name: 'search',
    value: 'TEXT',
    means: 'Part of a sender, a recipient, a message id, or of why something is held.',
  },
]
const ALL: Flag = {
  name: 'all',
  value: null,
  means: 'Everything that waits; needed where no filter is given.',
}
const REASON: Flag = { name: 'reason', value: 'TEXT', means: 'Why, in one line; a bounce tells the sender.' }
const ROUTE: Flag = { name: 'route', value: 'NAME', means: 'Name or id of a delivery route.' }

export const queueCommands: readonly Command[] = [
  command({
    path: 'queue list',
    flags: [
      ...FILTERS,
      { name: 'limit', value: 'N', means: 'At most so many messages (50, up to 500).' },
      { name: 'after', value: 'ID', means: 'Messages behind this one.' },
    ],
    means: 'What waits for delivery or for a person, oldest first, from every edge.',
    run: list,
  }),
  command({
    path: 'queue totals',
    means:
      'How much waits in all: messages, recipients by state, size, the oldest, the largest destinations.',
    run: totals,
  }),
  command({
    path: 'queue show',
    args: ['ID'],
    means: 'The open recipients of one message: attempts, next attempt, last reply.',
    run: show,
  }),
  acting('retry', 'Tries queued recipients now.'),
  acting('hold', 'Holds queued recipients until somebody releases them.'),
  acting('release', 'Lets held recipients go; they start anew.'),
  acting('bounce', 'Returns messages to their sender with a report, where the sender is proven.'),
  acting('discard', 'Removes held recipients for good. Nobody is told; the message centre keeps who did it.'),
  acting('reroute', 'Sends messages by another route from now on. Needs --route.', [ROUTE]),
  pausing('pause', 'Pauses a route, or all delivery: mail waits and no attempt is counted.'),
  pausing('resume', 'Resumes a route, or all delivery.'),
]

async function list({ again, call, tenant, flag, show: print }: Context): Promise<number> {
  const limit = numberOf(flag('limit') ?? '50', '--limit')
  const after = flag('after')
  const query = { limit, ...filterOf(flag), ...(after === undefined ? {} : { after }) }
  const page = await call(listQueue, { params: { tenant: await tenant() }, query })
  const { items, next, pause, unreachable } = page
  const paused = pause.routes.filter((route) => route.paused).map(({ name }) => name)
  print(page, () =>
    [
      ...(pause.delivery ? ['All delivery is paused.\n'] : []),
      ...(paused.length > 0 ? [`Paused routes: ${paused.join(', ')}\n`] : []),
      table(
        ['Received', 'From', 'To', 'State', 'Attempts', 'Next attempt', 'Last reply', 'Id'],
        items.map(rowOf),
        next === null ? 'Nothing waits.' : 'Nothing found so far.',
      ),
      ...(next === null ? [] : [`Go on with: ${again(next)}\n`]),
      silentLines(unreachable),
    ].join(''),
  )
  return unreachable.length === 0 ? 0 : 1
}

async function totals({ call, tenant, show: print }: Context): Promise<number> {
  const total = await call(getQueueTotals, { params: { tenant: await tenant() } })
  const { messages, queued, held, paused, bytes, oldestAt, destinations, isWhole, unreachable } = total
  print(total, () =>
    [
      facts([
        ['Messages', `${messages}${isWhole ? '' : ' and more'}`],
        ['Recipients', `${queued} queued, ${paused} paused, ${held} held`],
        ['Size', sizeOf(bytes)],
        ['Oldest', oldestAt === null ? '-' : timeOf(oldestAt)],
      ]),
      '\n',
      table(
        ['Domain', 'Queued', 'Paused', 'Held'],
        destinations.map((one) => [one.domain, `${one.queued}`, `${one.paused}`, `${one.held}`]),
        'Nothing waits.',
      ),
      silentLines(unreachable),
    ].join(''),
  )
  return unreachable.length === 0 ? 0 : 1
}

async function show({ call, tenant, arg, show: print }: Context): Promise<number> {
  const query = { search: arg(0), limit: 1 }
  let page = await call(listQueue, { params: { tenant: await tenant() }, query })
  while (page.items.length === 0 && page.next !== null) {
    page = await call(listQueue, {
      params: { tenant: await tenant() },
      query: { ...query, after: page.next },
    })
  }
  const [message] = page.items
  if (message?.id !== arg(0)) {
    throw new CommandFailed(`No message ${arg(0)} waits.\n${silentLines(page.unreachable)}`.trimEnd())
  }
  print(message, () => messageText(message))
  return 0
}

function acting(action: QueueAction, means: string, more: readonly Flag[] = []): Command {
  return command({
    path: `queue ${action}`,
    args: ['ID?'],
    flags: [...more, ...FILTERS, ALL, REASON],
    means: `${means} One message by id, or all that match. Exit code 1 when nothing was changed or a node is silent.`,
    run: (context) => act(context, action),
  })
}

async function act(context: Context, action: QueueAction): Promise<number> {
  const { call, flag, show: print } = context
  const tenant = await context.tenant()
  const reason = flag('reason')
  const body: BodyIn<typeof actOnQueue> = {
    action,
    ...meantBy(context),
    ...(action === 'reroute' ? { routeId: await routeIdOf(context, tenant) } : {}),
    ...(reason === undefined ? {} : { reason }),
  }
  let done = await call(actOnQueue, { params: { tenant }, body })
  // Edges do a bounded part at a time.
  while (done.next !== null) {
    const more = await call(actOnQueue, { params: { tenant }, body: { ...body, after: done.next } })
    const isStuck = more.next === done.next
    done = added(done, more)
    if (isStuck) break
  }
  print(done, () => doneText(action, done))
  return done.messages + done.withheld > 0 && done.unreachable.length === 0 ? 0 : 1
}

type Done = OutputOf<typeof actOnQueue>

function added(a: Done, b: Done): Done {
  const silent = new Map([...a.unreachable, ...b.unreachable].map((one) => [`${one.node} ${one.slot}`, one]))
  return {
    messages: a.messages + b.messages,
    recipients: a.recipients + b.recipients,
    found: a.found + b.found,
    missing: a.missing + b.missing,
    busy: a.busy + b.busy,
    withheld: a.withheld + b.withheld,
    infected: (a.infected ?? 0) + (b.infected ?? 0),
    needsTwo: (a.needsTwo ?? 0) + (b.needsTwo ?? 0),
    next: b.next,
    unreachable: [...silent.values()],
  }
}

const DONE: { readonly [Action in QueueAction]: string } = {
  retry: 'tried now',
  hold: 'held',
  release: 'released',
  bounce: 'returned',
  discard: 'discarded',
  reroute: 'rerouted',
}

function doneText(action: QueueAction, done: Done): string {
  const { messages, recipients, found, missing, busy, withheld, unreachable } = done
  const line = (count: number, text: string): string => (count === 0 ? '' : text)
  return [
    messages === 0
      ? `Nothing was ${DONE[action]}; ${plural(found, 'message was', 'messages were')} looked at.\n`
      : `${plural(recipients, 'recipient')} of ${plural(messages, 'message')} ${DONE[action]}.\n`,
    line(missing, `${plural(missing, 'message waits', 'messages wait')} nowhere.\n`),
    line(busy, `${plural(busy, 'message is', 'messages are')} being transmitted right now; try again.\n`),
    line(
      withheld,
      `${plural(withheld, 'recipient is', 'recipients are')} held as undeliverable: the sender is not proven.\n`,
    ),
    line(
      done.infected ?? 0,
      `${plural(done.infected ?? 0, 'message stays', 'messages stay')} held: malware was found.\n`,
    ),
    line(
      done.needsTwo ?? 0,
      `${plural(done.needsTwo ?? 0, 'message stays', 'messages stay')} held: it takes two people. See: gatepost held list\n`,
    ),
    silentLines(unreachable),
  ].join('')
}

function pausing(verb: 'pause' | 'resume', means: string): Command {
  return command({
    path: `queue ${verb}`,
    flags: [ROUTE, REASON],
    means,
    run: async (context) => {
      const { call, flag, show: print } = context
      const tenant = await context.tenant()
      const reason = flag('reason')
      const routeId = flag('route') === undefined ? null : await routeIdOf(context, tenant)
      const body = { routeId, paused: verb === 'pause', ...(reason === undefined ? {} : { reason }) }
      const pause = await call(setQueuePause, { params: { tenant }, body })
      const what = pause.routes.find(({ id }) => id === routeId)?.name ?? 'All delivery'
      print(pause, () => `${what} is ${verb === 'pause' ? 'paused' : 'resumed'}.\n`)
      return 0
    },
  })
}

/** The message named, or the filter. Throws `UsageError` where it is not clear what is meant. */
function meantBy({ arg, flag, isSet }: Context): Pick<BodyIn<typeof actOnQueue>, 'messages' | 'filter'> {
  const filter = filterOf(flag)
  const isFiltered = Object.keys(filter).length > 0
  if (arg(0) !== '') {
    if (isFiltered || isSet('all')) throw new UsageError('Give an id or a filter, not both')
    return { messages: [arg(0)] }
  }
  if (!isFiltered && !isSet('all')) throw new UsageError('ID is missing; or give a filter, or --all')
  return { filter }
}

function filterOf(flag: Context['flag']) {
  const state = flag('state')
  const domain = flag('domain')
  const search = flag('search')
  return {
    ...(state === undefined ? {} : { state: oneOf(state, QueueState.options, '--state') }),
    ...(domain === undefined ? {} : { domain }),
    ...(search === undefined ? {} : { search }),
  }
}

async function routeIdOf({ call, flag }: Context, tenant: string): Promise<string> {
  const wanted = flag('route')
  if (wanted === undefined) throw new UsageError('--route is missing')
  const { items } = await call(listRoutes, { params: { tenant } })
  const route = items.find(({ id, name }) => id === wanted || name === wanted)
  if (!route) throw new CommandFailed(`No route is named “${wanted}”. See: gatepost routes list`)
  return route.id
}

function rowOf(message: QueuedMessage): readonly string[] {
  const { recipients, recipientCount } = message
  const next = recipients.flatMap(({ nextAttemptAt }) => nextAttemptAt ?? []).sort((a, b) => a - b)[0]
  return [
    timeOf(message.receivedAt),
    message.reversePath ?? '<>',
    `${recipients[0]?.forwardPath ?? '–'}${recipientCount > 1 ? ` and ${recipientCount - 1} more` : ''}`,
    [...new Set(recipients.map(stateWord))].join(', '),
    String(Math.max(0, ...recipients.map(({ attempts }) => attempts))),
    timeOf(next ?? null),
    recipients.find(({ lastReply }) => lastReply !== null)?.lastReply ?? '–',
    message.id,
  ]
}

function stateWord({ state, paused }: QueuedRecipient): string {
  return wordOf(paused ? 'paused' : state)
}

function messageText({ id, receivedAt, reversePath, size, edge, recipients }: QueuedMessage): string {
  return [
    facts([
      ['Id', id],
      ['Received', timeOf(receivedAt)],
      ['From', reversePath ?? '<>'],
      ['Size', sizeOf(size)],
      ['Kept by', `${edge.node}, worker ${edge.slot}`],
    ]),
    '\n',
    table(
      ['Recipient', 'State', 'Attempts', 'Next attempt', 'Last reply'],
      recipients.map((recipient) => [
        recipient.forwardPath,
        stateWord(recipient),
        String(recipient.attempts),
        timeOf(recipient.nextAttemptAt),
        recipient.lastReply ?? '–',
      ]),
      'No recipient is open.',
    ),
    `\nWhy: gatepost messages show ${id}\n`,
  ].join('')
}

function silentLines(unreachable: readonly SilentEdge[]): string {
  return unreachable.map(({ node, slot, why }) => `No answer from ${node}, worker ${slot}: ${why}\n`).join('')
}
