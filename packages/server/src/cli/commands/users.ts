// `users`: by hand and by CSV, with the preview before anything is imported.

import { basename } from 'node:path'
import { addUser, listUsers, removeUser } from '@gatepost/contract/user.ts'
import {
  commitUserImport,
  previewUserImport,
  type UserImport,
  undoUserImport,
} from '@gatepost/contract/user-import.ts'
import { readBytes } from '#platform/files.ts'
import { type Command, CommandFailed, type Context, command, numberOf } from '../command.ts'
import { table } from '../layout.ts'
import { countOf, plural, timeOf } from '../words.ts'

export const userCommands: readonly Command[] = [
  command({
    path: 'users list',
    flags: [
      { name: 'search', value: 'TEXT', means: 'The beginning of address or name.' },
      { name: 'limit', value: 'N', means: 'At most so many (50, up to 500).' },
      { name: 'after', value: 'CURSOR', means: 'The page after this one.' },
    ],
    means: 'Users and their aliases, by address.',
    run: list,
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
    path: 'users import',
    args: ['FILE'],
    flags: [
      { name: 'preview', value: null, means: 'Check the file and import nothing.' },
      { name: 'good-rows-only', value: null, means: 'Leave rows with errors out instead of importing none.' },
    ],
    means:
      'Imports a CSV with columns for address, name and aliases: all rows or none. Undo within the hour.',
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

async function list({ call, tenant, flag, show }: Context): Promise<number> {
  const limit = numberOf(flag('limit') ?? '50', '--limit')
  const search = flag('search')
  const after = flag('after')
  const query = {
    limit,
    ...(search === undefined ? {} : { search }),
    ...(after === undefined ? {} : { after }),
  }
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
      ...(page.next === null ? [] : [`More: gatepost users list --after ${page.next}\n`]),
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
  const query = { fileName: basename(arg(0)) }
  const preview = await call(previewUserImport, { params: { tenant }, query, file })
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
  const done = await call(commitUserImport, { params, body: { goodRowsOnly: isSet('good-rows-only') } })
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

function importText(done: UserImport): string {
  const { fileName, state, adds, changes, unchanged, errors, errorCount, columns } = done
  const verb = state === 'committed' ? 'added' : 'to add'
  const summary = `${countOf(adds)} ${verb}, ${countOf(changes)} changed, ${countOf(unchanged)} unchanged`
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
