// `domains`, `mx`: proof of ownership and MX records, with what we see, what we expect and what to do.
import {
  addDomain,
  checkDomain,
  checkMx,
  type Domain,
  type DomainClaim,
  getDomain,
  getDomainZone,
  getMx,
  handDomainOver,
  listDomainClaims,
  listDomains,
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
    path: 'domains claim',
    args: DOMAIN,
    means:
      'Claims a domain that another organisation holds here, and prints the records that prove it is yours.',
    run: async (context) => {
      const request = {
        params: { tenant: await context.tenant() },
        body: { name: context.arg(0), claim: true },
      }
      return showDomain(await context.call(addDomain, request), context, 0)
    },
  }),
  command({
    path: 'domains claims',
    means: 'For operators: domains that one organisation holds and another has proven.',
    run: async ({ call, show }) => {
      const { items } = await call(listDomainClaims)
      show(items, () =>
        table(
          ['Domain', 'Claimed by', 'Held by', 'New record', 'Old record', 'Your word'],
          items.map(({ name, claim, ...one }) => [
            name,
            one.claimant.slug,
            one.holder.slug,
            recordOf(claim),
            goneOf(claim),
            claim.consent === 'awaited' && one.operators === 0 ? 'awaited' : 'too early',
          ]),
          'Nobody claims a domain of somebody else.',
        ),
      )
      return 0
    },
  }),
  command({
    path: 'domains hand-over',
    args: DOMAIN,
    flags: [{ name: 'to', value: 'ORGANISATION', means: 'Who gets it; needed where several claim it.' }],
    means: 'For operators: gives a domain to the organisation that claims it.',
    run: async ({ call, arg, flag, show }) => {
      const { items } = await call(listDomainClaims)
      const to = flag('to')
      const claims = items
        .filter(({ name }) => name === arg(0).toLowerCase())
        .filter(({ claimant }) => to === undefined || claimant.slug === to)
      const [claim, another] = claims
      if (!claim) throw new CommandFailed(`Nobody claims ${arg(0)}. See: gatepost domains claims`)
      if (another)
        throw new CommandFailed(`Several claim ${arg(0)}. Say which one: --to ${claim.claimant.slug}`)
      await call(handDomainOver, { params: { claim: claim.id } })
      show(claim, () => `${claim.name} belongs to ${claim.claimant.name} now.\n`)
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
  const { claim, contested, lostAt } = domain
  show(domain, () => {
    const how =
      validatedBy === null
        ? ''
        : ` by ${validatedBy === 'parent' ? 'its parent domain' : validatedBy.toUpperCase()}`
    const since = validatedAt === null ? '' : ` since ${timeOf(validatedAt)}${how}`
    const until = state === 'pending' && expiresAt !== null ? `The request ends ${timeOf(expiresAt)}.\n` : ''
    const claimed =
      claim === null
        ? ''
        : `Claimed. Your record: ${recordOf(claim)}. The old one: ${goneOf(claim)}. ` +
          `The operator’s word is ${claim.consent === 'awaited' ? 'awaited' : 'too early'}.\n`
    const others =
      contested === null
        ? ''
        : `Somebody else proved it ${timeOf(contested.since)} and claims it: keep your record published.\n`
    const lost =
      lostAt === null ? '' : `It went to another organisation ${timeOf(lostAt)}, which proved it anew.\n`
    const records = validatedBy === 'parent' || lostAt !== null ? '' : `\n${recordList(ownership)}`
    return `${name}: ${wordOf(state)}${since}\n${lost}${claimed}${others}${until}${checkedLine(checkedAt, nextCheckAt)}${records}`
  })
  return code
}

function recordOf({ proof }: DomainClaim): string {
  if (proof.since === null) return 'not there'
  return proof.met ? `there since ${timeOf(proof.since)}` : `there; it counts from ${timeOf(proof.metAt)}`
}

function goneOf({ gone }: DomainClaim): string {
  if (gone.state === 'unknown') return 'looked at once yours is there'
  if (gone.state === 'there') return 'there'
  return `gone for ${gone.hours} of ${gone.hoursNeeded} hours`
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
