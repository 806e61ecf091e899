// `agents`: sites with a synchronisation agent, their codes, and what they pushed.
import {
  type Agent,
  addAgent,
  askForPush,
  listAgents,
  type PairingCode,
  removeAgent,
  renewAgentCode,
  updateAgent,
} from '@gatepost/contract/agent.ts'
import { type Command, CommandFailed, type Context, command } from '../command.ts'
import { table } from '../layout.ts'
import { countOf, timeOf } from '../words.ts'

export const agentCommands: readonly Command[] = [
  command({
    path: 'agents list',
    means: 'Sites with an agent: state, version, last seen, last listing.',
    run: async ({ call, tenant, show }) => {
      const seen = await call(listAgents, { params: { tenant: await tenant() } })
      show(seen, () => listText(seen.items))
      return 0
    },
  }),
  command({
    path: 'agents add',
    args: ['SITE'],
    means: 'Adds a site and prints the one-time code that pairs its agent.',
    run: async ({ call, tenant, arg, show }) => {
      const made = await call(addAgent, { params: { tenant: await tenant() }, body: { site: arg(0) } })
      show(made, () => codeText(made))
      return 0
    },
  }),
  command({
    path: 'agents code',
    args: ['SITE'],
    means: 'A fresh code for a site; using it shuts the agent out that was paired before.',
    run: async (context) => {
      const made = await context.call(renewAgentCode, { params: await siteOf(context) })
      context.show(made, () => codeText(made))
      return 0
    },
  }),
  command({
    path: 'agents push',
    args: ['SITE'],
    means: 'Asks the agent to read its directory and push the listing now.',
    run: async (context) => {
      const agent = await context.call(askForPush, { params: await siteOf(context) })
      context.show(agent, () => `The agent of ${agent.site} was asked for a listing.\n`)
      return 0
    },
  }),
  command({
    path: 'agents sign-in',
    args: ['SITE', 'on|off'],
    means: 'Lets the agent answer live sign-ins of people of its directory, or no longer.',
    run: async (context) => {
      const wish = context.arg(1)
      if (wish !== 'on' && wish !== 'off') throw new CommandFailed('Write on or off.')
      const params = await siteOf(context)
      const agent = await context.call(updateAgent, { params, body: { liveSignIn: wish === 'on' } })
      context.show(agent, () => `Live sign-ins at ${agent.site}: ${wish}.\n`)
      return 0
    },
  }),
  command({
    path: 'agents remove',
    args: ['SITE'],
    means: 'Removes a site; its agent’s token is refused at once.',
    run: async (context) => {
      const params = await siteOf(context)
      await context.call(removeAgent, { params })
      context.show({ removed: params.agent }, () => `The site ${context.arg(0)} is removed.\n`)
      return 0
    },
  }),
]

/** By id or name. */
async function siteOf({
  call,
  tenant,
  arg,
}: Pick<Context, 'call' | 'tenant' | 'arg'>): Promise<{ tenant: string; agent: string }> {
  const params = { tenant: await tenant() }
  const { items } = await call(listAgents, { params })
  const wanted = arg(0).toLowerCase()
  const found = items.find(({ id, site }) => id === arg(0) || site.toLowerCase() === wanted)
  if (!found) throw new CommandFailed(`There is no site ${arg(0)}. See: gatepost agents list`)
  return { ...params, agent: found.id }
}

function listText(items: readonly Agent[]): string {
  return table(
    ['Site', 'State', 'Version', 'Last seen', 'Entries', 'Last listing'],
    items.map(({ site, state, version, lastSeenAt, lastPush }) => [
      site,
      state,
      version ?? '',
      timeOf(lastSeenAt),
      lastPush ? countOf(lastPush.entries) : '',
      timeOf(lastPush?.at ?? null),
    ]),
    'No site yet. Add one with: gatepost agents add SITE',
  )
}

function codeText({ agent, code, url }: PairingCode): string {
  const where = `On a machine inside ${agent.site}, until ${timeOf(agent.codeExpiresAt)}:`
  return `${where}\n\n  gatepost-agent pair ${url} ${code}\n\nThe code works once and is not shown again.\n`
}
