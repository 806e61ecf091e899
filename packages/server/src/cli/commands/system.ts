// `status`, `readiness`: is the gateway in order.
import { getConnect } from '@gatepost/contract/connect.ts'
import { checkReadiness, getHealthLine, getReadiness, type Readiness } from '@gatepost/contract/system.ts'
import { listTenants } from '@gatepost/contract/tenant.ts'
import { type Command, type Context, command } from '../command.ts'
import { checkedLine, checkList, facts, table } from '../layout.ts'
import { plural } from '../words.ts'

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
]

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
