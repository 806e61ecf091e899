// `tokens`: API tokens of an organisation or of the installation.
import { type Permission, permissions } from '@gatepost/contract/permission.ts'
import {
  createSystemToken,
  createToken,
  listSystemTokens,
  listTokens,
  revokeSystemToken,
  revokeToken,
} from '@gatepost/contract/token.ts'
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
import { table } from '../layout.ts'
import { timeOf } from '../words.ts'

const SYSTEM: Flag = { name: 'system', value: null, means: 'Of the installation, not of an organisation.' }

export const tokenCommands: readonly Command[] = [
  command({
    path: 'tokens list',
    flags: [SYSTEM],
    means: 'API tokens, what they may do and when they were last used.',
    run: list,
  }),
  command({
    path: 'tokens add',
    args: ['NAME'],
    flags: [
      SYSTEM,
      { name: 'may', value: 'PERMISSION', many: true, means: 'A permission such as users:read. Several.' },
      { name: 'days', value: 'N', means: 'Days until it expires (90, up to 365).' },
    ],
    means: 'Makes an API token and prints it, this once.',
    run: add,
  }),
  command({
    path: 'tokens revoke',
    args: ['TOKEN'],
    flags: [SYSTEM],
    means: 'Ends an API token, named by its id, its name or its first letters.',
    run: revoke,
  }),
]

async function list(context: Context): Promise<number> {
  const { items } = await allOf(context)
  context.show(items, () =>
    table(
      ['Name', 'Token', 'State', 'May', 'Expires', 'Last used'],
      items.map((token) => [
        token.name,
        `${token.hint}…`,
        token.state,
        token.permissions.join(' '),
        timeOf(token.expiresAt),
        token.lastUsedAt === null ? 'never' : `${timeOf(token.lastUsedAt)} from ${token.lastUsedFrom}`,
      ]),
      'There is no API token yet. Make one with: gatepost tokens add NAME --may PERMISSION',
    ),
  )
  return 0
}

async function add({ call, tenant, arg, flag, flags, isSet, show }: Context): Promise<number> {
  const may = flags('may').map((text) => oneOf(text, permissions, '--may')) as Permission[]
  if (may.length === 0) throw new UsageError('--may: name at least one permission')
  const body = { name: arg(0), permissions: may, days: numberOf(flag('days') ?? '90', '--days') }
  const made = isSet('system')
    ? await call(createSystemToken, { body })
    : await call(createToken, { params: { tenant: await tenant() }, body })
  show(made, () => `${made.token}\nShown this once. It expires ${timeOf(made.expiresAt)}.\n`)
  return 0
}

async function revoke(context: Context): Promise<number> {
  const { call, tenant, arg, isSet, show } = context
  const { items } = await allOf(context)
  const found = items.filter(
    ({ id, name, hint, state }) => state !== 'revoked' && [id, name, hint].includes(arg(0)),
  )
  const [token] = found
  if (!token) throw new CommandFailed(`${arg(0)} is no API token. See: gatepost tokens list`)
  if (found.length > 1) throw new CommandFailed(`${arg(0)} names ${found.length} tokens; use an id`)
  await (isSet('system')
    ? call(revokeSystemToken, { params: { token: token.id } })
    : call(revokeToken, { params: { tenant: await tenant(), token: token.id } }))
  show({ revoked: token.id }, () => `${token.name} opens nothing any more.\n`)
  return 0
}

async function allOf({ call, tenant, isSet }: Context) {
  return isSet('system')
    ? call(listSystemTokens, {})
    : call(listTokens, { params: { tenant: await tenant() } })
}
