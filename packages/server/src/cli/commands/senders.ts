// `senders`: what internal users permit and block, and lists of it by CSV.

import { basename } from 'node:path'
import {
  addSenders,
  commitSenderImport,
  exportSenders,
  getSenderSummary,
  listSenders,
  previewSenderImport,
  removeSender,
  removeSenders,
  SenderAction,
  type SenderFilter,
  type SenderImport,
  SenderSource,
  undoSenderImport,
} from '@gatepost/contract/sender.ts'
import { readBytes } from '#platform/files.ts'
import { type Command, CommandFailed, type Context, command, type Flag, numberOf, oneOf } from '../command.ts'
import { table } from '../layout.ts'
import { countOf, plural, timeOf } from '../words.ts'

const FILTERS: readonly Flag[] = [
  { name: 'search', value: 'TEXT', means: 'The beginning of a sender, its domain or the user.' },
  { name: 'user', value: 'ADDRESS', means: 'The list of this user only.' },
  { name: 'action', value: 'ACTION', means: `One of ${SenderAction.options.join(', ')}.` },
  { name: 'source', value: 'SOURCE', means: `One of ${SenderSource.options.join(', ')}.` },
  { name: 'state', value: 'STATE', means: 'One of expired, waiting.' },
]
const ADD_FLAGS: readonly Flag[] = [
  { name: 'comment', value: 'TEXT', means: 'Why, for whoever reads the list later.' },
  { name: 'until', value: 'DATE', means: 'The last day it counts, such as 2027-01-31 (UTC).' },
  { name: 'always', value: null, means: 'A domain counts also for mail that does not authenticate.' },
]

export const senderCommands: readonly Command[] = [
  command({
    path: 'senders list',
    flags: [
      ...FILTERS,
      { name: 'limit', value: 'N', means: 'At most so many (50, up to 500).' },
      { name: 'after', value: 'CURSOR', means: 'The page after this one.' },
    ],
    means: 'Permitted and blocked senders of users.',
    run: list,
  }),
  command({
    path: 'senders permit',
    args: ['USER', 'SENDER'],
    flags: ADD_FLAGS,
    means: 'Permits an address or a domain for one user; an earlier word on it is replaced.',
    run: (context) => add(context, 'permit'),
  }),
  command({
    path: 'senders block',
    args: ['USER', 'SENDER'],
    flags: ADD_FLAGS.filter(({ name }) => name !== 'always'),
    means: 'Blocks an address or a domain for one user; an earlier word on it is replaced.',
    run: (context) => add(context, 'block'),
  }),
  command({
    path: 'senders remove',
    args: ['USER', 'SENDER'],
    means: 'Removes one entry.',
    run: removeOne,
  }),
  command({
    path: 'senders remove-found',
    flags: [...FILTERS, { name: 'all', value: null, means: 'Every entry of every user.' }],
    means: 'Removes all entries that a filter finds.',
    run: removeFound,
  }),
  command({
    path: 'senders export',
    flags: FILTERS,
    means: 'Prints the entries as a CSV that can be imported again.',
    run: exportList,
  }),
  command({
    path: 'senders import',
    args: ['FILE'],
    flags: [{ name: 'preview', value: null, means: 'Check the file and import nothing.' }],
    means:
      'Imports a CSV of internal address, external address or domain, PERMIT or BLOCK: all rows or none.',
    run: importFile,
  }),
  command({
    path: 'senders undo-import',
    args: ['IMPORT'],
    means: 'Takes an import back within the hour.',
    run: async ({ call, tenant, arg, show }) => {
      const params = { tenant: await tenant(), senderImport: arg(0) }
      const undone = await call(undoSenderImport, { params })
      show(undone, () => `The import of ${undone.fileName} is taken back.\n`)
      return 0
    },
  }),
  command({
    path: 'senders summary',
    means: 'Users and entries added to date, and when outbound mail was set up.',
    run: async ({ call, tenant, show }) => {
      const summary = await call(getSenderSummary, { params: { tenant: await tenant() } })
      const { entries, users, waitingUsers, outboundSince } = summary
      const since = outboundSince === null ? 'not set up' : `set up ${timeOf(outboundSince)}`
      const waiting = `${countOf(waitingUsers)} wait for their user`
      const counts = `${countOf(entries)} entries of ${plural(users, 'user', 'users')}; ${waiting}.`
      show(summary, () => `${counts} Outbound mail is ${since}.\n`)
      return 0
    },
  }),
]

function filterOf({ flag }: Context): SenderFilter {
  const [search, user, action, source, state] = ['search', 'user', 'action', 'source', 'state'].map(flag)
  return {
    ...(search === undefined ? {} : { search }),
    ...(user === undefined ? {} : { user }),
    ...(action === undefined ? {} : { action: oneOf(action, SenderAction.options, '--action') }),
    ...(source === undefined ? {} : { source: oneOf(source, SenderSource.options, '--source') }),
    ...(state === undefined ? {} : { state: oneOf(state, ['expired', 'waiting'], '--state') }),
  }
}

async function list(context: Context): Promise<number> {
  const { again, call, tenant, flag, show } = context
  const after = flag('after')
  const query = {
    ...filterOf(context),
    limit: numberOf(flag('limit') ?? '50', '--limit'),
    ...(after === undefined ? {} : { after }),
  }
  const page = await call(listSenders, { params: { tenant: await tenant() }, query })
  show(page, () =>
    [
      table(
        ['User', 'Sender', 'Action', 'Source', 'State', 'Comment'],
        page.items.map(({ user, sender, action, source, state, comment }) => [
          user,
          sender,
          action,
          source,
          state,
          comment,
        ]),
        'No entry is like that. Add one with: gatepost senders permit USER SENDER',
      ),
      ...(page.next === null ? [] : [`More: ${again(page.next)}\n`]),
    ].join(''),
  )
  return 0
}

async function add(context: Context, action: 'permit' | 'block'): Promise<number> {
  const { call, tenant, arg, flag, isSet, show } = context
  const body = {
    user: arg(0),
    senders: [arg(1)],
    action,
    comment: flag('comment') ?? '',
    expiresAt: endOf(flag('until')),
    onlyIfAuthenticated: action === 'permit' && !isSet('always'),
  }
  const done = await call(addSenders, { params: { tenant: await tenant() }, body })
  const verb = action === 'permit' ? 'permitted' : 'blocked'
  show(done, () => done.items.map(({ sender, user }) => `${sender} is ${verb} for ${user}.\n`).join(''))
  return 0
}

function endOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T23:59:59.999Z`) : Number.NaN
  if (Number.isNaN(day)) throw new CommandFailed(`--until: “${text}” is not a day such as 2027-01-31.`)
  return day
}

async function removeOne({ call, tenant, arg, show }: Context): Promise<number> {
  const params = { tenant: await tenant() }
  const [user, sender] = [arg(0), arg(1).toLowerCase()]
  const { items } = await call(listSenders, { params, query: { user, limit: 500 } })
  const entry = items.find((one) => one.sender === sender)
  if (!entry) throw new CommandFailed(`The list of ${user} has no entry for ${sender}.`)
  await call(removeSender, { params: { ...params, sender: entry.id } })
  show({ removed: entry.sender }, () => `${entry.sender} is removed from the list of ${entry.user}.\n`)
  return 0
}

async function removeFound(context: Context): Promise<number> {
  const { call, tenant, isSet, show } = context
  const params = { tenant: await tenant() }
  let removed = 0
  for (let more = true; more; ) {
    const body = { ...filterOf(context), all: isSet('all') }
    const part = await call(removeSenders, { params, body })
    removed += part.removed
    more = part.more
  }
  show({ removed }, () => `${plural(removed, 'entry', 'entries')} removed.\n`)
  return 0
}

async function exportList(context: Context): Promise<number> {
  const { call, tenant, show } = context
  const parts = await call(exportSenders, { params: { tenant: await tenant() }, query: filterOf(context) })
  let csv = ''
  for await (const part of parts) csv += part
  show({ csv }, () => csv)
  return 0
}

async function importFile(context: Context): Promise<number> {
  const { call, arg, isSet, show } = context
  const tenant = await context.tenant()
  const file = readBytes(arg(0))
  if (file === null) throw new CommandFailed(`${arg(0)} cannot be read.`)
  const query = { fileName: basename(arg(0)) }
  const preview = await call(previewSenderImport, { params: { tenant }, query, file })
  const hasErrors = preview.errorCount > 0
  if (hasErrors || isSet('preview')) {
    show(preview, () => `${importText(preview)}${hasErrors ? 'Nothing imported: mend these rows.\n' : ''}`)
    return hasErrors ? 1 : 0
  }
  const done = await call(commitSenderImport, { params: { tenant, senderImport: preview.id } })
  show(done, () =>
    [
      importText(done),
      done.undoUntil === null
        ? ''
        : `Until ${timeOf(done.undoUntil)}: gatepost senders undo-import ${done.id}\n`,
    ].join(''),
  )
  return 0
}

function importText(done: SenderImport): string {
  const { fileName, state, added, replaced, unchanged, users, waiting, errors, errorCount } = done
  const verb = state === 'committed' ? 'added' : 'to add'
  return [
    `${fileName}: ${countOf(added)} ${verb}, ${countOf(replaced)} replaced, ${countOf(unchanged)} already there, `,
    `${plural(users, 'user', 'users')}, ${countOf(waiting)} for addresses nobody has yet, `,
    `${plural(errorCount, 'row needs', 'rows need')} attention.\n`,
    errorCount === 0
      ? ''
      : table(
          ['Line', 'Column', 'Text', 'Reason'],
          errors.map(({ line, column, text, reason }) => [String(line), column, text, reason]),
          '',
        ),
  ].join('')
}
