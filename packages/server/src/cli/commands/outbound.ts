// `outbound`: which addresses may relay for the organisation, and who tried.
import { authorizeOutbound, getOutbound, type Outbound, revokeOutbound } from '@gatepost/contract/route.ts'
import { type Command, CommandFailed, type Context, command } from '../command.ts'
import { facts, table } from '../layout.ts'
import { countOf, timeOf } from '../words.ts'

export const outboundCommands: readonly Command[] = [
  command({
    path: 'outbound list',
    means: 'Authorised addresses, refused attempts, and the smart host to use.',
    run: async ({ call, tenant, show }) => {
      const outbound = await call(getOutbound, { params: { tenant: await tenant() } })
      show(outbound, () => outboundText(outbound))
      return 0
    },
  }),
  command({
    path: 'outbound authorise',
    args: ['ADDRESS'],
    flags: [{ name: 'comment', value: 'TEXT', means: 'What sends from there.' }],
    means: 'Lets a single address relay for the organisation.',
    run: authorise,
  }),
  command({
    path: 'outbound revoke',
    args: ['ADDRESS'],
    means: 'Takes the authorisation of an address back.',
    run: revoke,
  }),
]

async function authorise({ call, tenant, arg, flag, show }: Context): Promise<number> {
  const params = { tenant: await tenant() }
  const body = { address: arg(0), comment: flag('comment') ?? '' }
  const outbound = await call(authorizeOutbound, { params, body })
  show(outbound, () => outboundText(outbound))
  return 0
}

async function revoke({ call, tenant, arg, show }: Context): Promise<number> {
  const params = { tenant: await tenant() }
  const { addresses } = await call(getOutbound, { params })
  const found = addresses.find(({ address, id }) => address === arg(0) || id === arg(0))
  if (!found) throw new CommandFailed(`${arg(0)} is not authorised. See: gatepost outbound list`)
  await call(revokeOutbound, { params: { ...params, address: found.id } })
  show({ revoked: found.address }, () => `${found.address} may no longer relay.\n`)
  return 0
}

function outboundText(outbound: Outbound): string {
  const { addresses, refused, smartHost, smartHostPorts, firstSeenAt } = outbound
  return [
    facts([
      ['Smart host', `${smartHost}, ports ${smartHostPorts.join(', ')}`],
      ['First outbound message', timeOf(firstSeenAt)],
    ]),
    table(
      ['Authorised', 'Comment', 'Last used'],
      addresses.map(({ address, comment, lastSeenAt }) => [address, comment, timeOf(lastSeenAt)]),
      'No address is authorised yet. Add one with: gatepost outbound authorise ADDRESS',
    ),
    refused.length === 0
      ? ''
      : table(
          ['Refused', 'With domain', 'Times', 'Last'],
          refused.map(({ address, domain, count, lastSeenAt }) => [
            address,
            domain,
            countOf(count),
            timeOf(lastSeenAt),
          ]),
          '',
        ),
  ]
    .filter((part) => part !== '')
    .join('\n')
}
