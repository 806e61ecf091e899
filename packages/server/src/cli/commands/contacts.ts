// `contacts`: collections of contacts inside the gateway, from the command line.
import {
  type ContactRun,
  exportContacts,
  getContactRun,
  importContacts,
  listContactRuns,
  listContacts,
  removeContactRun,
  resumeContacts,
  StartContacts,
  startContacts,
  stopContacts,
  tickContacts,
} from '@gatepost/contract/contacts.ts'
import { commitSenderImport, type SenderImport } from '@gatepost/contract/sender.ts'
import { readBytes } from '#platform/files.ts'
import { type Command, CommandFailed, type Context, command, type Flag, numberOf } from '../command.ts'
import { table } from '../layout.ts'
import { countOf, plural, timeOf } from '../words.ts'

const MIN: Flag = { name: 'min-count', value: 'N', means: 'Only pairs with so many messages (1).' }
const SECRET: Flag = {
  name: 'secret-file',
  value: 'FILE',
  means: 'Client secret, service account key or password; never on the command line.',
}

export const contactCommands: readonly Command[] = [
  command({
    path: 'contacts list',
    means: 'Collections of contacts, newest first.',
    run: async ({ call, tenant, show }) => {
      const { items } = await call(listContactRuns, { params: { tenant: await tenant() } })
      show(items, () => table(HEADS, items.map(rowOf), 'Nothing was collected yet.'))
      return 0
    },
  }),
  command({
    path: 'contacts collect',
    args: ['SOURCE'],
    flags: [
      { name: 'settings', value: 'JSON', means: 'What the source needs, as the API takes it.' },
      SECRET,
      { name: 'since', value: 'DATE', means: 'Mail from this day on, such as 2025-11-22 (UTC).' },
    ],
    means: 'Begins to collect: gateway, graph-trace, graph-sent, gmail or imap.',
    run: collect,
  }),
  command({
    path: 'contacts show',
    args: ['RUN'],
    flags: [MIN, { name: 'limit', value: 'N', means: 'At most so many contacts (20, up to 500).' }],
    means: 'How far a collection is, and its most frequent contacts.',
    run: showOne,
  }),
  command({
    path: 'contacts stop',
    args: ['RUN'],
    means: 'Stops a collection; what was found stays.',
    run: async ({ call, tenant, arg, show }) => {
      const params = { tenant: await tenant(), contactRun: arg(0) }
      const run = await call(stopContacts, { params })
      show(run, () => `${sentence(run)}\n`)
      return 0
    },
  }),
  command({
    path: 'contacts resume',
    args: ['RUN'],
    flags: [SECRET],
    means: 'Lets a stopped or failed collection go on.',
    run: async (context) => {
      const { call, tenant, arg, show } = context
      const params = { tenant: await tenant(), contactRun: arg(0) }
      const run = await call(resumeContacts, { params, body: { secret: secretOf(context) } })
      show(run, () => `${sentence(run)}\n`)
      return 0
    },
  }),
  command({
    path: 'contacts remove',
    args: ['RUN'],
    means: 'Removes a collection and what it found; imported entries stay.',
    run: async ({ call, tenant, arg, show }) => {
      await call(removeContactRun, { params: { tenant: await tenant(), contactRun: arg(0) } })
      show({}, () => 'The collection is removed.\n')
      return 0
    },
  }),
  ...(['tick', 'untick'] as const).map((verb) =>
    command({
      path: `contacts ${verb}`,
      args: ['RUN', 'EXTERNAL'],
      means: `${verb === 'tick' ? 'Ticks' : 'Unticks'} every pair with an external address or domain for the import.`,
      run: async ({ call, tenant, arg, show }) => {
        const params = { tenant: await tenant(), contactRun: arg(0) }
        const body = { isTicked: verb === 'tick', pairs: [], externals: [arg(1)] }
        const done = await call(tickContacts, { params, body })
        show(done, () => `${plural(done.changed, 'contact', 'contacts')} changed.\n`)
        return 0
      },
    }),
  ),
  command({
    path: 'contacts export',
    args: ['RUN'],
    flags: [MIN],
    means: 'Prints the ticked contacts as a CSV that can be imported.',
    run: async ({ call, tenant, arg, flag, show }) => {
      const params = { tenant: await tenant(), contactRun: arg(0) }
      let csv = ''
      for await (const part of await call(exportContacts, { params, query: { countMin: minOf(flag) } }))
        csv += part
      show({ csv }, () => csv)
      return 0
    },
  }),
  command({
    path: 'contacts import',
    args: ['RUN'],
    flags: [MIN, { name: 'preview', value: null, means: 'Say what would be imported, and import nothing.' }],
    means: 'Imports the ticked contacts as permitted senders; undo is possible for an hour.',
    run: importRun,
  }),
]

const HEADS = ['RUN', 'SOURCE', 'STATE', 'BEGUN', 'READ', 'CONTACTS']

function rowOf({ id, source, state, startedAt, parts, partsDone, contacts }: ContactRun): string[] {
  const read = `${countOf(partsDone)} of ${parts === null ? '?' : countOf(parts)}`
  return [id, source, state, timeOf(startedAt), read, countOf(contacts)]
}

function sentence({ id, state, contacts, people, messages, trouble }: ContactRun): string {
  const who = `${plural(contacts, 'contact', 'contacts')} of ${plural(people, 'person', 'people')}`
  const found = `${who} in ${plural(messages, 'message', 'messages')}`
  const why = trouble === null ? '' : ` ${trouble.saw} ${trouble.remedy}`
  return `${id} is ${state}: ${found}.${why}`
}

const minOf = (flag: Context['flag']): number => numberOf(flag('min-count') ?? '1', '--min-count')

function secretOf({ flag }: Context): string | null {
  const path = flag('secret-file')
  if (path === undefined) return null
  const bytes = readBytes(path)
  if (bytes === null) throw new CommandFailed(`${path} cannot be read.`)
  return Buffer.from(bytes).toString('utf8').trim()
}

async function collect(context: Context): Promise<number> {
  const { call, tenant, arg, flag, show } = context
  const since = flag('since') === undefined ? null : Date.parse(`${flag('since')}T00:00:00Z`)
  if (Number.isNaN(since)) throw new CommandFailed('--since is a day such as 2025-11-22.')
  const secret = secretOf(context)
  const wish = {
    ...settingsOf(flag('settings') ?? '{}'),
    source: arg(0),
    since,
    ...(secret === null ? {} : { secret }),
  }
  const read = StartContacts.safeParse(wish)
  if (!read.success) {
    const [issue] = read.error.issues
    throw new CommandFailed(`${issue?.path.join('.') || 'SOURCE'}: ${issue?.message ?? 'cannot be read'}`)
  }
  const run = await call(startContacts, { params: { tenant: await tenant() }, body: read.data })
  show(run, () => `${sentence(run)} See: contacts show ${run.id}\n`)
  return 0
}

function settingsOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Said below.
  }
  throw new CommandFailed(
    '--settings is a JSON object, such as {"host":"mail.acme.example","masterName":"reader"}.',
  )
}

async function showOne({ call, tenant, arg, flag, show }: Context): Promise<number> {
  const params = { tenant: await tenant(), contactRun: arg(0) }
  const limit = numberOf(flag('limit') ?? '20', '--limit')
  const run = await call(getContactRun, { params })
  const { items, total } = await call(listContacts, { params, query: { countMin: minOf(flag), limit } })
  show({ run, items }, () => {
    const rows = items.map(({ user, external, count, isTicked }) => [
      countOf(count),
      external,
      user,
      isTicked ? '' : 'unticked',
    ])
    const list = table(['MESSAGES', 'CONTACT', 'OF', ''], rows, 'No contacts yet.')
    return `${sentence(run)}\n${list}${countOf(total ?? 0)} in all.\n`
  })
  return 0
}

async function importRun({ call, tenant, arg, flag, isSet, show }: Context): Promise<number> {
  const slug = await tenant()
  const params = { tenant: slug, contactRun: arg(0) }
  const { items } = await call(importContacts, { params, body: { countMin: minOf(flag) } })
  if (isSet('preview')) {
    show(items, () =>
      items
        .map(
          ({ fileName, added, unchanged }) =>
            `${fileName}: ${countOf(added)} to add, ${countOf(unchanged)} there already\n`,
        )
        .join(''),
    )
    return 0
  }
  const done: SenderImport[] = []
  for (const { id } of items)
    done.push(await call(commitSenderImport, { params: { tenant: slug, senderImport: id } }))
  show(done, () =>
    done
      .map(
        ({ id, added, users }) =>
          `${plural(added, 'entry', 'entries')} added for ${plural(users, 'user', 'users')} (undo: senders undo-import ${id})\n`,
      )
      .join(''),
  )
  return 0
}
