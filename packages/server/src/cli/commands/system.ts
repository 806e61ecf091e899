// `status`, `readiness`: is the gateway in order.
import { getConnect } from '@gatepost/contract/connect.ts'
import {
  checkReadiness,
  getHealthLine,
  getReadiness,
  listRefusals,
  type Readiness,
} from '@gatepost/contract/system.ts'
import { listTenants } from '@gatepost/contract/tenant.ts'
import { type Command, type Context, command, numberOf } from '../command.ts'
import { checkedLine, checkList, facts, table } from '../layout.ts'
import { plural, timeOf } from '../words.ts'

export const systemCommands: readonly Command[] = [
  command({
    path: 'status',
    means: 'What runs, where, and how far each organisation is. Exit code 1 when a node is missing.',
    run: status,
  }),
  command({
    path: 'readiness show',
    means: 'The checks of the gateway itself, and the zone to publish. Exit code 1 when one failed.',
    run: async (context) => showReadiness(await context.call(getReadiness), context),
  }),
  command({
    path: 'readiness check',
    means: 'Runs the checks of the gateway itself now. Exit code 1 when one failed.',
    run: async (context) => showReadiness(await context.call(checkReadiness), context),
  }),
  command({
    path: 'refusals list',
    flags: [
      { name: 'search', value: 'TEXT', means: 'Beginning of an address, a domain or a client.' },
      { name: 'limit', value: 'N', means: 'At most so many (50, up to 500).' },
      { name: 'after', value: 'ID', means: 'Refusals older than this one.' },
    ],
    means:
      'Refusals that concern no organisation: foreign domains, relay attempts, broken clients. Newest first.',
    run: refusals,
  }),
]

async function refusals({ again, call, flag, show }: Context): Promise<number> {
  const [search, after] = [flag('search'), flag('after')]
  const limit = numberOf(flag('limit') ?? '50', '--limit')
  const query = { limit, ...(search ? { search } : {}), ...(after ? { after } : {}) }
  const page = await call(listRefusals, { query })
  show(page, () =>
    [
      table(
        ['When', 'Client', 'From', 'To', 'Why', 'Times'],
        page.items.map((row) => [
          timeOf(row.at),
          row.clientIp ?? '-',
          row.reversePath ?? '<>',
          row.forwardPath ?? '-',
          row.reason,
          `${row.count}`,
        ]),
        'Nothing was refused.',
      ),
      ...(page.next === null ? [] : [`Older ones: ${again(page.next)}\n`]),
    ].join(''),
  )
  return 0
}

async function status({ call, show }: Context): Promise<number> {
  const [health, readiness, tenants] = await Promise.all([
    call(getHealthLine),
    call(getReadiness),
    call(listTenants, { query: { limit: 500 } }),
  ])
  const connects = await Promise.all(
    tenants.items.map(async (tenant) => ({
      tenant,
      connect: await call(getConnect, { params: { tenant: tenant.slug } }),
    })),
  )
  const organizations = connects.map(({ tenant, connect }) => ({
    slug: tenant.slug,
    name: tenant.name,
    primaryDomain: tenant.primaryDomain,
    required: connect.required,
    requiredDone: connect.requiredDone,
    next: connect.steps.find(({ name }) => name === connect.next)?.title ?? null,
  }))
  const { hostname, url, listeners, checks } = readiness
  show({ hostname, url, listeners, health, organizations }, () =>
    [
      facts([
        ['Gatepost', `runs as ${hostname}`],
        ['Console', url],
        ['Listeners', listeners.map(({ role, host, port }) => `${role} ${host}:${port}`).join(', ')],
        ['Nodes', `${health.healthy} of ${health.total} healthy`],
        ['Readiness', readinessLine(checks)],
      ]),
      table(
        ['Organisation', 'Name', 'Domain', 'Connect', 'Next step'],
        organizations.map((one) => [
          one.slug,
          one.name,
          one.primaryDomain,
          `${one.requiredDone} of ${one.required} required done`,
          one.next ?? '–',
        ]),
        'There is no organisation yet. Open the set-up link that the start printed.',
      ),
    ].join('\n'),
  )
  return health.healthy < health.total ? 1 : 0
}

function showReadiness(readiness: Readiness, { show }: Context): number {
  const { checks, zone, checkedAt } = readiness
  show(readiness, () =>
    [
      checkList(checks),
      checkedLine(checkedAt, checks[0]?.nextCheckAt ?? null),
      'Zone to publish:\n',
      zone,
    ].join('\n'),
  )
  return checks.some(({ state }) => state === 'failed') ? 1 : 0
}

function readinessLine(checks: Readiness['checks']): string {
  const failed = checks.filter(({ state }) => state === 'failed').length
  const warnings = checks.filter(({ state }) => state === 'warning').length
  if (checks.every(({ state }) => state === 'not-run')) return 'not run yet'
  if (failed + warnings === 0) return 'in order'
  return `${plural(failed, 'check')} failed, ${plural(warnings, 'warning')} (gatepost readiness show)`
}
