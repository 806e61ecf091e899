// `routes login`: what a delivery route says to a host that takes mail after AUTH only. The password comes
// from a file: one never stands on a command line.
import { LoginMechanism, listRoutes, updateRoute } from '@gatepost/contract/route.ts'
import { readText } from '#platform/files.ts'
import {
  type Command,
  CommandFailed,
  type Context,
  command,
  type Flag,
  oneOf,
  UsageError,
} from '../command.ts'

export const loginFlags: readonly Flag[] = [
  { name: 'user', value: 'NAME', means: 'User name, where the host asks for a login.' },
  { name: 'secret', value: 'FILE', means: 'File with its password: one never stands on a command line.' },
  {
    name: 'mechanism',
    value: 'NAME',
    many: true,
    means: `In the order of preference, of ${LoginMechanism.options.join(', ')}. Default: all of them.`,
  },
]

export const routeLoginCommand: Command = command({
  path: 'routes login',
  args: ['NAME'],
  flags: [...loginFlags, { name: 'remove', value: null, means: 'The host asks for no login any more.' }],
  means: 'Sets the login of a route, or removes it. The password is never shown again.',
  run: login,
})

/** The login that the flags name; undefined where they name none. */
export function loginIn({ flag, flags }: Pick<Context, 'flag' | 'flags'>) {
  const username = flag('user')
  const file = flag('secret')
  const named = flags('mechanism')
  if (username === undefined) {
    if (file === undefined && named.length === 0) return undefined
    throw new UsageError('--user is missing')
  }
  const password = file === undefined ? undefined : readText(file)?.replace(/\r?\n$/, '')
  if (file !== undefined && password === undefined) throw new CommandFailed(`${file} cannot be read.`)
  const mechanisms = named.map((name) => oneOf(name, LoginMechanism.options, '--mechanism'))
  return {
    username,
    ...(password === undefined ? {} : { password }),
    ...(mechanisms.length === 0 ? {} : { mechanisms }),
  }
}

async function login(context: Context): Promise<number> {
  const { call, arg, isSet, show } = context
  const given = loginIn(context)
  if (isSet('remove') === (given !== undefined)) throw new UsageError('Give either --user or --remove')
  const tenant = await context.tenant()
  const { items } = await call(listRoutes, { params: { tenant } })
  const found = items.find(({ name, id }) => name === arg(0) || id === arg(0))
  if (!found) throw new CommandFailed(`No route is named “${arg(0)}”. See: gatepost routes list`)
  const params = { tenant, route: found.id }
  const route = await call(updateRoute, { params, body: { login: given ?? null } })
  show(route, () =>
    route.login === null
      ? `${route.name} logs in no more.\n`
      : `${route.name} logs in as ${route.login.username}. Next: gatepost routes test "${route.name}" --recipient ADDRESS\n`,
  )
  return 0
}
