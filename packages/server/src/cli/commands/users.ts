// `users`: by hand, by filter, and by list with the preview before anything is imported.

import { basename } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import {
  addUser,
  BulkAction,
  changeUsers,
  getUser,
  listUsers,
  removeUser,
  UserFilter,
  undoUsersChange,
  updateUser,
} from '@gatepost/contract/user.ts'
import {
  ColumnMeans,
  commitUserImport,
  getUserImport,
  mapUserImport,
  previewUserImport,
  type UserImport,
  undoUserImport,
} from '@gatepost/contract/user-import.ts'
import { readBytes } from '#platform/files.ts'
import { type Command, CommandFailed, type Context, command, type Flag, numberOf } from '../command.ts'
import { facts, plain, table } from '../layout.ts'
import { countOf, plural, timeOf } from '../words.ts'
import { groupId } from './policy-draft.ts'

const POLL_MS = 500

const FILTERS: readonly Flag[] = [
  { name: 'search', value: 'TEXT', means: 'The beginning of address or name.' },
  {
    name: 'source',
    value: 'SOURCE',
    means: 'Known from manual, spreadsheet, directory, entra, google, agent, …',
  },
  { name: 'domain', value: 'DOMAIN', means: 'With an address in this domain.' },
  { name: 'group', value: 'GROUP', means: 'In this group, by name or id.' },
  { name: 'enabled', value: 'YES|NO', means: 'May sign in, or not.' },
  { name: 'account', value: 'YES|NO', means: 'Has an account, or not.' },
]

export const userCommands: readonly Command[] = [
  command({
    path: 'users list',
    flags: [
      ...FILTERS,
      { name: 'limit', value: 'N', means: 'At most so many (50, up to 500).' },
      { name: 'after', value: 'CURSOR', means: 'The page after this one.' },
    ],
    means: 'Users and their aliases, by address.',
    run: list,
  }),
  command({
    path: 'users show',
    args: ['ADDRESS'],
    means: 'One user: addresses, groups, attributes and what each source says.',
    run: showUser,
  }),
  command({
    path: 'users add',
    args: ['ADDRESS'],
    flags: [
      { name: 'name', value: 'NAME', means: 'The person’s name.' },
      {
        name: 'alias',
        value: 'ADDRESS',
        many: true,
        means: 'A further address; may be given several times.',
      },
    ],
    means: 'Adds one user.',
    run: add,
  }),
  command({
    path: 'users change',
    args: ['ADDRESS'],
    flags: [
      { name: 'name', value: 'NAME', means: 'The person’s name.' },
      { name: 'attribute', value: 'NAME=VALUE', many: true, means: 'Attributes written here; all of them.' },
    ],
    means: 'Changes what is written here of a user.',
    run: changeUser,
  }),
  command({
    path: 'users bulk',
    args: ['ACTION'],
    flags: [
      ...FILTERS,
      { name: 'address', value: 'ADDRESS', many: true, means: 'These users, instead of a filter.' },
      { name: 'to', value: 'GROUP', means: 'The group to put into or take out of.' },
    ],
    means: 'Does enable, disable, remove, add-to-group or take-from-group to many users.',
    run: bulk,
  }),
  command({
    path: 'users undo-bulk',
    args: ['ID'],
    means: 'Takes a change of many users back within the hour.',
    run: async ({ call, tenant, arg, show }) => {
      const undone = await call(undoUsersChange, { params: { tenant: await tenant(), bulk: arg(0) } })
      show(undone, () => `${plural(undone.changed, 'user is', 'users are')} as before.\n`)
      return 0
    },
  }),
  command({
    path: 'users import',
    args: ['FILE'],
    flags: [
      { name: 'preview', value: null, means: 'Check the file and import nothing.' },
      { name: 'replace', value: null, means: 'Remove whom earlier lists alone named and this one does not.' },
      {
        name: 'removals',
        value: 'N',
        means: 'Yes to removing so many; asked for when they are more than a few.',
      },
      {
        name: 'column',
        value: 'N=MEANING',
        many: true,
        means:
          'What column N holds: email, name, aliases, password, groups, role, enabled, attr:NAME, ignored.',
      },
      { name: 'good-rows-only', value: null, means: 'Leave rows with errors out instead of importing none.' },
    ],
    means: 'Imports a CSV or XLSX of up to 100,000 rows: all rows or none. Undo within the hour.',
    run: importFile,
  }),
  command({
    path: 'users undo-import',
    args: ['IMPORT'],
    means: 'Takes an import back within the hour.',
    run: async ({ call, tenant, arg, show }) => {
      const params = { tenant: await tenant(), import: arg(0) }
      const undone = await call(undoUserImport, { params })
      show(undone, () => `The import of ${undone.fileName} is taken back.\n`)
      return 0
    },
  }),
  command({
    path: 'users remove',
    args: ['ADDRESS'],
    means: 'Removes a user; domains with known recipients refuse mail to the address from then on.',
    run: remove,
  }),
]

async function filterOf(context: Context): Promise<UserFilter> {
  const { flag } = context
  const group = flag('group')
  const given = {
    search: flag('search'),
    source: flag('source'),
    domain: flag('domain'),
    group: group === undefined ? undefined : await groupId(context, group),
    enabled: flag('enabled')?.toLowerCase(),
    account: flag('account')?.toLowerCase(),
  }
  const parsed = UserFilter.safeParse(given)
  if (parsed.success) return parsed.data
  throw new CommandFailed(`--${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`)
}

async function list(context: Context): Promise<number> {
  const { again, call, tenant, flag, show } = context
  const limit = numberOf(flag('limit') ?? '50', '--limit')
  const search = flag('search')
  const after = flag('after')
  const query = { limit, ...(await filterOf(context)), ...(after === undefined ? {} : { after }) }
  const page = await call(listUsers, { params: { tenant: await tenant() }, query })
  show(page, () =>
    [
      table(
        ['Address', 'Name', 'Aliases', 'From'],
        page.items.map(({ email, name, aliases, sources }) => [
          email,
          name,
          aliases.join(', '),
          sources.join(', '),
        ]),
        search === undefined
          ? 'There is no user yet. Add one with: gatepost users add ADDRESS'
          : `No address or name begins with “${search}”.`,
      ),
      ...(page.next === null ? [] : [`More: ${again(page.next)}\n`]),
    ].join(''),
  )
  return 0
}

async function add({ call, tenant, arg, flag, flags, show }: Context): Promise<number> {
  const body = { email: arg(0), name: flag('name') ?? '', aliases: [...flags('alias')] }
  const user = await call(addUser, { params: { tenant: await tenant() }, body })
  show(user, () => `${user.email} is added.\n`)
  return 0
}

async function remove({ call, tenant, arg, show }: Context): Promise<number> {
  const params = { tenant: await tenant() }
  const address = arg(0)
  const { items } = await call(listUsers, { params, query: { search: address, limit: 50 } })
  const user = items.find(({ email, id }) => email.toLowerCase() === address.toLowerCase() || id === address)
  if (!user) throw new CommandFailed(`No user has the address ${address}.`)
  await call(removeUser, { params: { ...params, user: user.id } })
  show({ removed: user.email }, () => `${user.email} is removed.\n`)
  return 0
}

async function importFile(context: Context): Promise<number> {
  const { call, arg, isSet, show } = context
  const tenant = await context.tenant()
  const file = readBytes(arg(0))
  if (file === null) throw new CommandFailed(`${arg(0)} cannot be read.`)
  const mode = isSet('replace') ? ('replace' as const) : ('add' as const)
  const query = { fileName: basename(arg(0)), mode }
  let preview = await call(previewUserImport, { params: { tenant }, query, file })
  const columns = columnsOf(context.flags('column'), preview)
  if (columns !== null) {
    const params = { tenant, import: preview.id }
    preview = await call(mapUserImport, { params, body: { columns } })
  }
  const hasErrors = preview.errorCount > 0
  const isRefused = hasErrors && !isSet('good-rows-only')
  if (isSet('preview') || isRefused) {
    show(
      preview,
      () =>
        `${importText(preview)}${isRefused ? 'Nothing imported yet: mend the rows, or add --good-rows-only.\n' : ''}`,
    )
    return isRefused ? 1 : 0
  }
  const params = { tenant, import: preview.id }
  const removals = context.flag('removals')
  const body = {
    goodRowsOnly: isSet('good-rows-only'),
    ...(removals === undefined ? {} : { removals: numberOf(removals, '--removals') }),
  }
  let done = await call(commitUserImport, { params, body })
  // Large lists and passwords take a while.
  for (; done.state === 'importing'; done = await call(getUserImport, { params })) await setTimeout(POLL_MS)
  if (done.failure !== null) throw new CommandFailed(done.failure)
  show(done, () =>
    [
      importText(done),
      done.undoUntil === null
        ? ''
        : `Until ${timeOf(done.undoUntil)}: gatepost users undo-import ${done.id}\n`,
    ].join(''),
  )
  return 0
}

/** The columns as the flags name them, the others as guessed; null without flags. */
function columnsOf(said: readonly string[], { columns }: UserImport) {
  if (said.length === 0) return null
  const named = new Map(
    said.map((text) => {
      const [number = '', meaning = ''] = text.split(/=(.*)/s)
      const attribute = /^attr:(.+)$/.exec(meaning)?.[1] ?? null
      const means = ColumnMeans.safeParse(attribute === null ? meaning : 'attribute')
      if (!means.success)
        throw new CommandFailed(`--column ${text}: choose one of ${ColumnMeans.options.join(', ')}.`)
      return [numberOf(number, '--column'), { means: means.data, attribute }] as const
    }),
  )
  return columns.map(({ means, attribute }, index) => named.get(index + 1) ?? { means, attribute })
}

function importText(done: UserImport): string {
  const { fileName, state, adds, changes, removes, unchanged, errors, errorCount, columns } = done
  const verb = state === 'committed' ? 'added' : 'to add'
  const summary = `${countOf(adds)} ${verb}, ${countOf(changes)} changed, ${countOf(removes)} removed, ${countOf(unchanged)} unchanged`
  const used = columns.filter(({ means }) => means !== 'ignored')
  return [
    `${fileName}: ${summary}, ${plural(errorCount, 'row needs', 'rows need')} attention.\n`,
    `Columns: ${used.map(({ header, means }) => `${header} is ${means}`).join(', ')}\n`,
    errorCount === 0
      ? ''
      : table(
          ['Line', 'Column', 'Text', 'Reason'],
          errors.map(({ line, column, text, reason }) => [String(line), column, text, reason]),
          '',
        ),
  ].join('')
}

async function showUser({ call, tenant, arg, show }: Context): Promise<number> {
  const user = await call(getUser, { params: { tenant: await tenant(), user: arg(0) } })
  show(user, () =>
    [
      facts([
        ['User', `${user.email} (${user.id})`],
        ['Name', plain(user.name) || 'none'],
        ['Kind', user.kind],
        ['Further addresses', user.aliases.join(', ') || 'none'],
        ['Sign-in', user.enabled ? (user.hasAccount ? 'allowed' : 'allowed, no account yet') : 'off'],
        ['Groups', user.groups.map(({ name }) => plain(name)).join(', ') || 'none'],
        ...user.attributes.map(({ name, value }) => [plain(name), plain(value)] as const),
        ...user.disagreements.map((text) => ['Note', plain(text)] as const),
      ]),
      table(
        ['Source', 'Name', 'Addresses', 'Since'],
        user.provenance.map((source) => [
          plain(source.name),
          plain(source.displayName),
          [source.email, ...source.aliases].join(', '),
          timeOf(source.since),
        ]),
        '',
      ),
    ].join(''),
  )
  return 0
}

async function changeUser({ call, tenant, arg, flag, flags, show }: Context): Promise<number> {
  const attributes = flags('attribute').map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw new CommandFailed(`--attribute ${text}: write NAME=VALUE.`)
    return { name: text.slice(0, at), value: text.slice(at + 1) }
  })
  const name = flag('name')
  const body = { ...(name === undefined ? {} : { name }), ...(attributes.length === 0 ? {} : { attributes }) }
  const user = await call(updateUser, { params: { tenant: await tenant(), user: arg(0) }, body })
  show(user, () => `${user.email} is changed.\n`)
  return 0
}

async function bulk(context: Context): Promise<number> {
  const { call, arg, flag, flags, show } = context
  const tenant = await context.tenant()
  const action = BulkAction.safeParse(arg(0))
  if (!action.success) throw new CommandFailed(`${arg(0)}: choose one of ${BulkAction.options.join(', ')}.`)
  const to = flag('to')
  const where = await filterOf(context)
  const addresses = flags('address')
  if (addresses.length === 0 && Object.values(where).every((value) => value === undefined)) {
    throw new CommandFailed('Name users by --address, or give a filter such as --domain.')
  }
  const users = []
  for (const user of addresses) users.push((await call(getUser, { params: { tenant, user } })).id)
  const body = {
    action: action.data,
    ...(addresses.length > 0 ? { users } : { where }),
    ...(to === undefined ? {} : { group: await groupId(context, to) }),
  }
  const done = await call(changeUsers, { params: { tenant }, body })
  show(done, () =>
    [
      `${plural(done.changed, 'user', 'users')} changed, ${countOf(done.leftCount)} left alone.\n`,
      ...done.left.map(({ why }) => `  ${plain(why)}\n`),
      done.undoUntil === null ? '' : `Until ${timeOf(done.undoUntil)}: gatepost users undo-bulk ${done.id}\n`,
    ].join(''),
  )
  return 0
}
