// `domains`, `mx`: proof of ownership and MX records, with what we see, what we expect and what to do.
import {
  addDomain,
  checkDomain,
  checkMx,
  type Domain,
  getDomain,
  getDomainZone,
  getMx,
  handDomainOver,
  listDomains,
  listLostDomains,
  type MxView,
  removeDomain,
} from '@gatepost/contract/domain.ts'
import { type Command, CommandFailed, type Context, command } from '../command.ts'
import { checkedLine, recordList, table } from '../layout.ts'
import { timeOf, wordOf } from '../words.ts'

const DOMAIN = ['DOMAIN']

export const domainCommands: readonly Command[] = [
  command({ path: 'domains list', means: 'The domains of the organisation.', run: list }),
  command({
    path: 'domains add',
    args: DOMAIN,
    means: 'Adds a domain and prints the two records that can prove it; one of them is enough.',
    run: async (context) => {
      const params = { tenant: await context.tenant() }
      return showDomain(await context.call(addDomain, { params, body: { name: context.arg(0) } }), context, 0)
    },
  }),
  command({
    path: 'domains show',
    args: DOMAIN,
    means: 'A domain and its records as last seen.',
    run: async (context) => showDomain(await context.call(getDomain, await paramsOf(context)), context, 0),
  }),
  command({
    path: 'domains verify',
    args: DOMAIN,
    means: 'Looks for the proof now. Exit code 1 until the domain is validated and its record is there.',
    run: async (context) => {
      const domain = await context.call(checkDomain, await paramsOf(context))
      return showDomain(domain, context, domain.state === 'validated' ? 0 : 1)
    },
  }),
  command({
    path: 'domains zone',
    args: DOMAIN,
    means: 'Everything the domain has to publish for this gateway, as a zone file.',
    run: async (context) => {
      const zone = await context.call(getDomainZone, await paramsOf(context))
      context.show(zone, () => zone.zone)
      return 0
    },
  }),
  command({
    path: 'domains remove',
    args: DOMAIN,
    means: 'Removes a domain that no user needs any more.',
    run: async (context) => {
      await context.call(removeDomain, await paramsOf(context))
      context.show({ removed: context.arg(0) }, () => `${context.arg(0)} is removed.\n`)
      return 0
    },
  }),
  command({
    path: 'domains lost',
    means: 'For operators: domains that one organisation lost and another proved.',
    run: async ({ call, show }) => {
      const { items } = await call(listLostDomains)
      show(items, () =>
        table(
          ['Domain', 'Proven by', 'Lost by', 'Since'],
          items.map((one) => [one.name, one.claimant.slug, one.holder.slug, timeOf(one.lostSince)]),
          'No domain was lost and proven by somebody else.',
        ),
      )
      return 0
    },
  }),
  command({
    path: 'domains hand-over',
    args: DOMAIN,
    means: 'For operators: gives a lost domain to the organisation that proved it.',
    run: async ({ call, arg, show }) => {
      const { items } = await call(listLostDomains)
      const lost = items.find(({ name }) => name === arg(0).toLowerCase())
      if (!lost) throw new CommandFailed(`${arg(0)} is not lost. See: gatepost domains lost`)
      await call(handDomainOver, { params: { claim: lost.id } })
      show(lost, () => `${lost.name} belongs to ${lost.claimant.name} now.\n`)
      return 0
    },
  }),
  command({
    path: 'mx show',
    args: DOMAIN,
    means: 'The MX records we expect, and what each server said when last asked.',
    run: async (context) => showMx(await context.call(getMx, await paramsOf(context)), context, false),
  }),
  command({
    path: 'mx check',
    args: DOMAIN,
    means: 'Asks all servers for the MX records now. Exit code 1 until they are ours alone.',
    run: async (context) => showMx(await context.call(checkMx, await paramsOf(context)), context, true),
  }),
]

async function paramsOf({ tenant, arg }: Context) {
  return { params: { tenant: await tenant(), domain: arg(0) } }
}

async function list({ call, tenant, show }: Context): Promise<number> {
  const { items } = await call(listDomains, { params: { tenant: await tenant() } })
  show(items, () =>
    table(
      ['Domain', 'State', 'Recipients', 'Users', 'Last check'],
      items.map((domain) => [
        `${domain.name}${domain.primary ? ' (primary)' : ''}`,
        wordOf(domain.state),
        wordOf(domain.recipientMode),
        String(domain.userCount),
        timeOf(domain.checkedAt),
      ]),
      'There is no domain yet. Add one with: gatepost domains add DOMAIN',
    ),
  )
  return 0
}

function showDomain(domain: Domain, { show }: Context, code: number): number {
  const { name, state, validatedAt, validatedBy, ownership, checkedAt, nextCheckAt, expiresAt } = domain
  show(domain, () => {
    const how =
      validatedBy === null
        ? ''
        : ` by ${validatedBy === 'parent' ? 'its parent domain' : validatedBy.toUpperCase()}`
    const since = validatedAt === null ? '' : ` since ${timeOf(validatedAt)}${how}`
    const until = state === 'pending' && expiresAt !== null ? `The request ends ${timeOf(expiresAt)}.\n` : ''
    const records = validatedBy === 'parent' ? '' : `\n${recordList(ownership)}`
    return `${name}: ${wordOf(state)}${since}\n${until}${checkedLine(checkedAt, nextCheckAt)}${records}`
  })
  return code
}

function showMx(mx: MxView, { show }: Context, isCheck: boolean): number {
  show(mx, () => {
    const gates = mx.gates.map(
      ({ title, passed, saw }) => `  ${passed ? 'Passed' : 'Open'}: ${title}. ${saw}\n`,
    )
    const host = ({ preference, exchange }: MxView['before'][number]): string => `${preference} ${exchange}`
    return [
      `${mx.domain}: ${mx.complete ? 'The MX records are ours alone' : 'The MX records are not ours alone yet'}\n`,
      `We see: ${mx.weSee}\nWe expect: ${mx.weExpect}\n`,
      mx.leftovers.length > 0 ? `Left over: ${mx.leftovers.map(host).join(', ')}\n` : '',
      mx.before.length > 0 ? `The way back: ${mx.before.map(host).join(', ')}\n` : '',
      gates.length > 0 ? `Before the change:\n${gates.join('')}` : '',
      `First inbound message: ${timeOf(mx.firstInboundSeenAt)}\n`,
      checkedLine(mx.checkedAt, mx.nextCheckAt),
      `\n${recordList(mx.expected)}`,
    ].join('')
  })
  return isCheck && !mx.complete ? 1 : 0
}
