// `routes`: the mail hosts that mail is delivered to, and their test.
import {
  ARRIVAL_CHARACTERS_MAX,
  addRoute,
  confirmArrival,
  listRoutes,
  type Route,
  RouteTls,
  testRoute,
} from '@gatepost/contract/route.ts'
import { readText } from '#platform/files.ts'
import {
  type Command,
  CommandFailed,
  type Context,
  command,
  numberOf,
  oneOf,
  UsageError,
} from '../command.ts'
import { checkList, table } from '../layout.ts'
import { wordOf } from '../words.ts'
import { loginFlags, loginIn, routeLoginCommand } from './route-login.ts'

const DEFAULTS = ['inbound', 'outbound', 'none'] as const
const ASK_AGAIN_MS = 500
const TEST_MS_MAX = 120_000 // Seven checks with SMTP's patience; a dead host is known sooner.

export const routeCommands: readonly Command[] = [
  command({ path: 'routes list', means: 'Delivery routes with their last test.', run: list }),
  command({
    path: 'routes add',
    args: ['NAME', 'HOST'],
    flags: [
      { name: 'port', value: 'PORT', means: 'Default: 25.' },
      { name: 'tls', value: 'MODE', means: `One of ${RouteTls.options.join(', ')}. Default: opportunistic.` },
      {
        name: 'default-for',
        value: 'WHAT',
        means: 'inbound, outbound (smart host) or none. Default: inbound.',
      },
      ...loginFlags,
    ],
    means: 'Adds a delivery route to a host name or address.',
    run: add,
  }),
  routeLoginCommand,
  command({
    path: 'routes test',
    args: ['NAME'],
    flags: [{ name: 'recipient', value: 'ADDRESS', means: 'Who gets the test message. Needed.' }],
    means: 'Resolves, connects, tries TLS and RCPT, and sends a real message. Exit code 1 unless all passed.',
    run: test,
  }),
  command({
    path: 'routes arrived',
    args: ['NAME'],
    flags: [{ name: 'message', value: 'FILE', means: 'The test message as .eml: tells what the host saw.' }],
    means: 'Says that the test message is in the mailbox. Exit code 1 when the host sees something amiss.',
    run: arrived,
  }),
]

async function list({ call, tenant, show }: Context): Promise<number> {
  const { items } = await call(listRoutes, { params: { tenant: await tenant() } })
  show(items, () =>
    table(
      ['Name', 'Host', 'TLS', 'Login', 'Default for', 'Last test'],
      items.map(({ name, host, port, tls, login, defaultFor, lastTest }) => [
        name,
        `${host}:${port}`,
        tls,
        login?.username ?? '–',
        defaultFor ?? '–',
        testWord(lastTest),
      ]),
      'There is no route yet. Add one with: gatepost routes add NAME HOST',
    ),
  )
  return 0
}

async function add(context: Context): Promise<number> {
  const { call, tenant, arg, flag, show } = context
  const defaultFor = oneOf(flag('default-for') ?? 'inbound', DEFAULTS, '--default-for')
  const body = {
    name: arg(0),
    host: arg(1),
    port: numberOf(flag('port') ?? '25', '--port'),
    tls: oneOf(flag('tls') ?? 'opportunistic', RouteTls.options, '--tls'),
    login: loginIn(context),
    defaultFor: defaultFor === 'none' ? null : defaultFor,
  }
  const route = await call(addRoute, { params: { tenant: await tenant() }, body })
  show(
    route,
    () => `${route.name} is added. Next: gatepost routes test "${route.name}" --recipient ADDRESS\n`,
  )
  return 0
}

async function test(context: Context): Promise<number> {
  const { call, arg, flag, show, clock } = context
  const recipient = flag('recipient')
  if (recipient === undefined) throw new UsageError('--recipient is missing')
  const tenant = await context.tenant()
  const { id } = await routeOf(context, tenant, ({ name, id }) => name === arg(0) || id === arg(0))
  let route = await call(testRoute, { params: { tenant, route: id }, body: { recipient } })
  const deadline = clock.now() + TEST_MS_MAX
  while (route.lastTest?.state === 'running' && clock.now() < deadline) {
    await clock.sleep(ASK_AGAIN_MS)
    route = await routeOf(context, tenant, (one) => one.id === id)
  }
  show(route, () => {
    const { lastTest } = route
    return `${route.name} (${route.host}:${route.port}): ${testWord(lastTest)}\n${checkList(lastTest?.checks ?? [])}`
  })
  return route.lastTest?.passed ? 0 : 1
}

async function arrived(context: Context): Promise<number> {
  const { call, arg, flag, show } = context
  const path = flag('message')
  const eml = path === undefined ? undefined : readText(path)
  if (eml === null) throw new CommandFailed(`${path} cannot be read.`)
  const tenant = await context.tenant()
  const { id } = await routeOf(context, tenant, ({ name, id }) => name === arg(0) || id === arg(0))
  const body = eml === undefined ? {} : { eml: eml.slice(0, ARRIVAL_CHARACTERS_MAX) }
  const route = await call(confirmArrival, { params: { tenant, route: id }, body })
  const seen = route.lastTest?.checks.filter(({ name }) => name.startsWith('seen-')) ?? []
  show(route, () => `The test message arrived through ${route.name}.\n${checkList(seen)}`)
  return seen.some(({ state }) => state === 'failed' || state === 'warning') ? 1 : 0
}

async function routeOf(
  { call, arg }: Context,
  tenant: string,
  is: (route: Route) => boolean,
): Promise<Route> {
  const { items } = await call(listRoutes, { params: { tenant } })
  const route = items.find(is)
  if (!route) throw new CommandFailed(`No route is named “${arg(0)}”. See: gatepost routes list`)
  return route
}

function testWord(test: Route['lastTest']): string {
  if (test === null) return wordOf('not-run')
  if (test.state === 'running') return wordOf('running')
  return wordOf(test.passed ? 'passed' : 'failed')
}
