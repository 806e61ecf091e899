// `spam`: what an organisation teaches about wanted and unwanted mail.
import {
  getSpamLearning,
  learnSpam,
  listMailReports,
  listSpamLessons,
  reportSpam,
  unlearnSpam,
} from '@gatepost/contract/spam.ts'
import { readBytes } from '#platform/files.ts'
import { type Command, type Context, command, numberOf, UsageError } from '../command.ts'
import { facts, table } from '../layout.ts'
import { timeOf } from '../words.ts'

/** The beginning of a message says what it is. */
const OCTETS_MAX = 500_000

export const spamCommands: readonly Command[] = [
  command({
    path: 'spam learn',
    args: ['spam|ham', 'FILE'],
    means: 'Teaches one message: spam, or ham for wanted mail. Taught again, the message changes its kind.',
    run: learn,
  }),
  command({
    path: 'spam report',
    args: ['spam|ham', 'MESSAGE'],
    means: 'Teaches a message of the message centre by its id: its copy in the archive, or held.',
    run: report,
  }),
  command({ path: 'spam unlearn', args: ['ID'], means: 'Takes a lesson back.', run: unlearn }),
  command({
    path: 'spam lessons',
    flags: pageFlags('lessons'),
    means: 'What was taught by reports and releases, newest first, and whether it counts.',
    run: lessons,
  }),
  command({
    path: 'spam reports',
    flags: pageFlags('reports'),
    means: 'What people reported by letter and in the portal, newest first, and where letters go.',
    run: reports,
  }),
]

function pageFlags(what: string): NonNullable<Command['flags']> {
  const named = `${what[0]?.toUpperCase()}${what.slice(1)}`
  return [
    { name: 'limit', value: 'N', means: `At most so many ${what} (50, up to 500).` },
    { name: 'after', value: 'ID', means: `${named} behind this one.` },
  ]
}

async function learn({ call, tenant, arg, show }: Context): Promise<number> {
  const kind = arg(0)
  if (kind !== 'spam' && kind !== 'ham') throw new UsageError('Say spam or ham first, then the file.')
  const octets = readBytes(arg(1))
  if (octets === null) throw new UsageError(`${arg(1)} cannot be read.`)
  const content = Buffer.from(octets.subarray(0, OCTETS_MAX)).toString('base64')
  const lesson = await call(learnSpam, { params: { tenant: await tenant() }, body: { kind, content } })
  show(lesson, () => `Taught as ${kind}: ${lesson.id}. It scored ${lesson.score} points until now.\n`)
  return 0
}

async function report({ call, tenant, arg, show }: Context): Promise<number> {
  const kind = arg(0)
  if (kind !== 'spam' && kind !== 'ham') throw new UsageError('Say spam or ham first, then the message.')
  const lesson = await call(reportSpam, {
    params: { tenant: await tenant(), message: arg(1) },
    body: { kind },
  })
  show(lesson, () => `Taught as ${kind}: ${lesson.id}. It scored ${lesson.score} points until now.\n`)
  return 0
}

async function unlearn({ call, tenant, arg, show }: Context): Promise<number> {
  const done = await call(unlearnSpam, { params: { tenant: await tenant(), lesson: arg(0) } })
  show(done, () => 'Taken back.\n')
  return 0
}

async function reports({ again, call, tenant, flag, show }: Context): Promise<number> {
  const params = { tenant: await tenant() }
  const limit = numberOf(flag('limit') ?? '50', '--limit')
  const after = flag('after')
  const query = { limit, ...(after === undefined ? {} : { after }) }
  const page = await call(listMailReports, { params, query })
  const { reportTo } = await call(getSpamLearning, { params })
  show({ ...page, reportTo }, () =>
    [
      facts([
        ['Spam is forwarded to', reportTo.spam],
        ['Phish', reportTo.phish],
        ['Wanted mail', reportTo.wanted],
      ]),
      '\n',
      table(
        ['Reported', 'As', 'By', 'From', 'Subject', 'Outcome', 'Lesson'],
        page.items.map(({ at, kind, way, mailbox, author, subject, outcome, lesson }) => [
          timeOf(at),
          kind,
          `${mailbox} (${way})`,
          author ?? '-',
          subject ?? '',
          outcome,
          lesson ?? '-',
        ]),
        'Nobody reported anything yet.',
      ),
      ...(page.next === null ? [] : [`Go on with: ${again(page.next)}\n`]),
    ].join(''),
  )
  return 0
}

async function lessons({ again, call, tenant, flag, show }: Context): Promise<number> {
  const params = { tenant: await tenant() }
  const limit = numberOf(flag('limit') ?? '50', '--limit')
  const after = flag('after')
  const query = { limit, ...(after === undefined ? {} : { after }) }
  const [page, learning] = [
    await call(listSpamLessons, { params, query }),
    await call(getSpamLearning, { params }),
  ]
  show({ ...page, learning }, () =>
    [
      facts([
        ['Lessons', `${learning.spam} spam, ${learning.ham} wanted`],
        ['They count', learning.isUsed ? 'yes' : `from ${learning.least} of each kind on`],
      ]),
      '\n',
      table(
        ['Taught', 'As', 'By', 'From', 'Subject', 'Points then', 'Id'],
        page.items.map(({ at, kind, origin, actor, author, subject, score, id }) => [
          timeOf(at),
          kind,
          `${actor} (${origin})`,
          author ?? '-',
          subject ?? '',
          score.toFixed(1),
          id,
        ]),
        'Nothing was taught yet.',
      ),
      ...(page.next === null ? [] : [`Go on with: ${again(page.next)}\n`]),
    ].join(''),
  )
  return 0
}
