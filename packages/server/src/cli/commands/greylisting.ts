// `greylisting`: figures, what is deferred now, release and forgetting.
import type { OutputOf } from '@gatepost/contract/endpoint.ts'
import {
  forgetIdentity,
  getGreylisting,
  listDeferred,
  listEndedDeferrals,
  releaseDeferred,
} from '@gatepost/contract/greylist.ts'
import type { SilentEdge } from '@gatepost/contract/queue.ts'
import { formatDuration } from '#policy/duration.ts'
import { type Command, type Context, command, type Flag, numberOf, oneOf } from '../command.ts'
import { facts, table } from '../layout.ts'
import { timeOf } from '../words.ts'

const SEARCH: Flag = {
  name: 'search',
  value: 'TEXT',
  means: 'Part of a sender, a recipient, a client or an identity.',
}
const LIMIT: Flag = { name: 'limit', value: 'N', means: 'At most so many (50, up to 500).' }
const AFTER: Flag = { name: 'after', value: 'ID', means: 'Those behind this one.' }

export const greylistingCommands: readonly Command[] = [
  command({
    path: 'greylisting show',
    flags: [{ name: 'days', value: 'N', means: 'Days that the figures cover (7, up to 90).' }],
    means: 'Figures: messages deferred, delay caused, senders delayed, never retried.',
    run: showFigures,
  }),
  command({
    path: 'greylisting deferred',
    flags: [SEARCH, LIMIT, AFTER],
    means: 'What is deferred now, newest first, from every edge.',
    run: deferred,
  }),
  command({
    path: 'greylisting ended',
    flags: [{ name: 'outcome', value: 'OUTCOME', means: 'accepted or never-retried.' }, SEARCH, LIMIT, AFTER],
    means: 'Deferrals of the last seven days that ended.',
    run: ended,
  }),
  command({
    path: 'greylisting release',
    args: ['IDENTITY'],
    means: 'Lets a sender pass from now on: its next attempt is accepted at once.',
    run: (context) => decide(context, releaseDeferred, 'passes from now on; its next attempt is accepted.'),
  }),
  command({
    path: 'greylisting forget',
    args: ['IDENTITY'],
    means: 'Forgets a sender: its next message is a first contact again.',
    run: (context) => decide(context, forgetIdentity, 'is forgotten; its next message is a first contact.'),
  }),
]

async function showFigures({ call, tenant, flag, show }: Context): Promise<number> {
  const days = numberOf(flag('days') ?? '7', '--days')
  const page = await call(getGreylisting, { params: { tenant: await tenant() }, query: { days } })
  const { figures } = page
  show(page, () =>
    facts([
      ['Last', `${page.days} days`],
      ['Deferred', String(figures.deferred)],
      ['Accepted at a retry', String(figures.accepted)],
      ['Never retried', String(figures.neverRetried)],
      ['Observed only', String(figures.observed)],
      ['Senders delayed', String(figures.sendersDelayed)],
      ['Delay caused', formatDuration(figures.delayMs)],
      ['Half waited at most', figures.delayP50Ms === null ? null : formatDuration(figures.delayP50Ms)],
      ['95 in 100 at most', figures.delayP95Ms === null ? null : formatDuration(figures.delayP95Ms)],
      ['Senders that pass now', String(page.passing)],
    ]),
  )
  return 0
}

async function deferred({ again, call, tenant, flag, show }: Context): Promise<number> {
  const page = await call(listDeferred, { params: { tenant: await tenant() }, query: listQuery(flag) })
  const { items, next, total, unreachable } = page
  show(page, () =>
    [
      table(
        ['First attempt', 'From', 'To', 'Client', 'Attempts', 'Identity'],
        items.map((item) => [
          timeOf(item.firstAt),
          item.reversePath ?? '<>',
          item.forwardPath,
          item.clientIp,
          String(item.attempts),
          item.identity,
        ]),
        next === null ? 'Nothing is deferred.' : 'Nothing found so far.',
      ),
      `${total} deferred in all.\n`,
      ...(next === null ? [] : [`Go on with: ${again(next)}\n`]),
      silentLines(unreachable),
    ].join(''),
  )
  return unreachable.length === 0 ? 0 : 1
}

async function ended({ call, tenant, flag, show }: Context): Promise<number> {
  const outcome = flag('outcome')
  const chosen =
    outcome === undefined
      ? {}
      : { outcome: oneOf(outcome, ['accepted', 'never-retried'] as const, '--outcome') }
  const query = { ...listQuery(flag), ...chosen }
  const page = await call(listEndedDeferrals, { params: { tenant: await tenant() }, query })
  show(page, () =>
    table(
      ['Ended', 'Outcome', 'After', 'From', 'To', 'Client', 'Identity'],
      page.items.map((item) => [
        timeOf(item.endedAt),
        item.outcome === 'accepted' ? 'accepted' : 'never retried',
        formatDuration(item.endedAt - item.firstAt),
        item.reversePath ?? '<>',
        item.forwardPath,
        item.clientIp,
        item.identity,
      ]),
      'No deferral ended in the last seven days.',
    ),
  )
  return 0
}

async function decide(
  { call, tenant, arg, show }: Context,
  endpoint: typeof releaseDeferred | typeof forgetIdentity,
  outcome: string,
): Promise<number> {
  const identity = arg(0)
  const answer: OutputOf<typeof releaseDeferred> = await call(endpoint as typeof releaseDeferred, {
    params: { tenant: await tenant() },
    body: { identity },
  })
  show(answer, () => `${identity} ${outcome}\n${silentLines(answer.unreachable)}`)
  return answer.unreachable.length === 0 ? 0 : 1
}

function listQuery(flag: Context['flag']) {
  const [search, after] = [flag('search'), flag('after')]
  return {
    limit: numberOf(flag('limit') ?? '50', '--limit'),
    ...(search === undefined ? {} : { search }),
    ...(after === undefined ? {} : { after }),
  }
}

function silentLines(unreachable: readonly SilentEdge[]): string {
  return unreachable.map(({ node, slot, why }) => `No answer from edge ${node}/${slot}: ${why}\n`).join('')
}
