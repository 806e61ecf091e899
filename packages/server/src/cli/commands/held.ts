// `held`: mail that waits for a person, and what is decided about it.
import {
  actOnHeld,
  forwardHeldMany,
  getHeld,
  getHeldSettings,
  type HeldMessage,
  listHeld,
} from '@gatepost/contract/held.ts'
import { type Command, type Context, command, numberOf, UsageError } from '../command.ts'
import { facts, table } from '../layout.ts'
import { plural, timeOf } from '../words.ts'

type Action = 'release' | 'permit' | 'reject' | 'block' | 'discard'

export const heldCommands: readonly Command[] = [
  command({
    path: 'held list',
    flags: [
      { name: 'class', value: 'NAME', means: 'Only what this holds, such as spam.' },
      { name: 'recipient', value: 'ADDRESS', means: 'Only mail for this address or domain.' },
      { name: 'search', value: 'TEXT', means: 'Part of a sender, a subject or a message id.' },
      { name: 'limit', value: 'N', means: 'At most so many messages (50, up to 500).' },
      { name: 'after', value: 'ID', means: 'Messages behind this one.' },
    ],
    means: 'Held mail, newest first: what holds it, for whom, and until when.',
    run: list,
  }),
  command({
    path: 'held show',
    args: ['ID'],
    means: 'Why one message is held, and all its recipients.',
    run: show,
  }),
  acting('release', 'Delivers it. What takes two people waits for the second.'),
  acting('permit', 'Delivers it and permits its sender for its recipients.'),
  acting('reject', 'Ends it; nobody is told.'),
  acting('block', 'Ends it and blocks its sender for its recipients.'),
  acting('discard', 'Removes it for good.'),
  command({
    path: 'held forward',
    args: ['ADDRESS'],
    flags: [
      { name: 'message', value: 'ID', many: true, means: 'A held message; several are given one by one.' },
      { name: 'note', value: 'TEXT', means: 'Said above each copy.' },
    ],
    means: 'Sends copies as attachments to somebody of the organisation. Exit code 1 when one stayed behind.',
    run: forward,
  }),
  command({
    path: 'held rules',
    means: 'What users may do with their own held mail, by what holds it.',
    run: rules,
  }),
]

async function list({ again, call, tenant, flag, show: print }: Context): Promise<number> {
  const limit = numberOf(flag('limit') ?? '50', '--limit')
  const given = ['class', 'recipient', 'search', 'after'] as const
  const filter = Object.fromEntries(
    given.flatMap((name) => (flag(name) === undefined ? [] : [[name, flag(name)]])),
  )
  const page = await call(listHeld, { params: { tenant: await tenant() }, query: { limit, ...filter } })
  print(page, () =>
    [
      table(['Held', 'By', 'From', 'To', 'Subject', 'Ends', 'Id'], page.items.map(rowOf), 'Nothing is held.'),
      ...(page.next === null ? [] : [`Go on with: ${again(page.next)}\n`]),
    ].join(''),
  )
  return 0
}

function rowOf(item: HeldMessage): string[] {
  const first = item.recipients[0]?.address ?? '-'
  const score = item.score === null ? '' : ` ${item.score.toFixed(1)}`
  return [
    timeOf(item.heldAt),
    `${item.className}${score}`,
    item.author ?? item.reversePath ?? '<>',
    item.recipientCount > 1 ? `${first} +${item.recipientCount - 1}` : first,
    item.subject ?? '',
    timeOf(item.endsAt),
    item.id,
  ]
}

async function show({ call, tenant, arg, show: print }: Context): Promise<number> {
  const held = await call(getHeld, { params: { tenant: await tenant(), message: arg(0) } })
  print(held, () =>
    [
      facts([
        ['Held by', held.ruleName === null ? held.className : `${held.className}: ${held.ruleName}`],
        ['Why', held.means],
        ['From', held.author ?? held.reversePath ?? '<>'],
        ['Subject', held.subject ?? ''],
        ...(held.firstContact ? [['First contact', 'yes'] as [string, string]] : []),
        ['Held', timeOf(held.heldAt)],
        ...(held.againAt === null ? [] : [['Judged again', timeOf(held.againAt)] as [string, string]]),
        ['Ends', timeOf(held.endsAt)],
        ...(held.needsTwo ? [['Release', `two people${second(held)}`] as [string, string]] : []),
      ]),
      '\n',
      table(
        ['Recipient', 'State', 'By', 'Asked for by'],
        held.recipients.map((one) => [
          one.address,
          one.state,
          one.decidedBy ?? '',
          one.requestedAt === null ? '' : (one.requestedBy ?? ''),
        ]),
        'No recipients.',
      ),
    ].join(''),
  )
  return 0
}

const second = ({ secondedBy }: HeldMessage): string =>
  secondedBy === null ? '' : `; ${secondedBy} was the first`

function acting(action: Action, means: string): Command {
  return command({
    path: `held ${action}`,
    args: ['ID?'],
    flags: [
      { name: 'class', value: 'NAME', means: 'All held by this instead of one message.' },
      { name: 'recipient', value: 'ADDRESS', means: 'Only for this recipient.' },
      { name: 'reason', value: 'TEXT', means: 'Why, in one line.' },
    ],
    means: `${means} Exit code 1 when nothing was changed.`,
    run: (context) => act(context, action),
  })
}

async function act({ call, tenant, arg, flag, show: print }: Context, action: Action): Promise<number> {
  const id = arg(0) === '' ? undefined : arg(0)
  const name = flag('class')
  if ((id === undefined) === (name === undefined)) throw new UsageError('Give a message id or --class.')
  const recipient = flag('recipient')
  const reason = flag('reason')
  const body = {
    action,
    ...(id === undefined ? { filter: { class: name } } : { messages: [id] }),
    ...(recipient === undefined ? {} : { recipients: [recipient] }),
    ...(reason === undefined ? {} : { reason }),
  }
  const params = { tenant: await tenant() }
  let acted = await call(actOnHeld, { params, body })
  let { messages } = acted
  while (acted.more && acted.messages > 0) {
    acted = await call(actOnHeld, { params, body })
    messages += acted.messages
  }
  print({ ...acted, messages }, () =>
    [
      `${plural(messages, 'message')} changed.\n`,
      acted.waiting > 0 ? `${plural(acted.waiting, 'message')} wait for a second person.\n` : '',
      ...acted.left.map(({ id: of, why }) => `${of}: ${why}\n`),
    ].join(''),
  )
  return messages + acted.waiting > 0 ? 0 : 1
}

async function forward({ call, tenant, arg, flag, flags, show: print }: Context): Promise<number> {
  const messages = flags('message')
  if (messages.length === 0) throw new UsageError('--message is missing')
  const note = flag('note')
  const body = { messages: [...messages], to: [arg(0)], ...(note === undefined ? {} : { note }) }
  const done = await call(forwardHeldMany, { params: { tenant: await tenant() }, body })
  print(done, () =>
    [
      `${plural(done.messages, 'copy', 'copies')} sent to ${arg(0)}.\n`,
      ...done.left.map(({ id, why }) => `${id}: ${why}\n`),
    ].join(''),
  )
  return done.left.length > 0 ? 1 : 0
}

async function rules({ call, tenant, show: print }: Context): Promise<number> {
  const settings = await call(getHeldSettings, { params: { tenant: await tenant() } })
  print(settings, () =>
    table(
      ['Held by', 'Its user', 'Administrators'],
      settings.classes.map(({ name, user, needsTwo }) => [name, user, needsTwo ? 'two people' : 'one']),
      'No rules.',
    ),
  )
  return 0
}
