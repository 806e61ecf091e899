// `tls`: partners whose TLS is tested, and what is asked of them.
import {
  addTlsPartner,
  DeliveryLevel,
  enforceTlsPartner,
  listTlsPartners,
  removeTlsPartner,
  type TlsPartner,
  testTlsPartner,
} from '@gatepost/contract/tls.ts'
import { type Command, CommandFailed, type Context, command, oneOf } from '../command.ts'
import { checkList, table } from '../layout.ts'
import { wordOf } from '../words.ts'

const ASK_AGAIN_MS = 500
const TEST_MS_MAX = 120_000

export const tlsCommands: readonly Command[] = [
  command({
    path: 'tls list',
    means: 'Partner domains with what their hosts bear and what is asked.',
    run: list,
  }),
  command({
    path: 'tls test',
    args: ['DOMAIN'],
    means:
      'Tests the TLS of a domain’s mail hosts, and adds it to the partners. Exit code 1 where a host offers none.',
    run: test,
  }),
  command({
    path: 'tls enforce',
    args: ['DOMAIN', 'LEVEL'],
    flags: [
      { name: 'receipt', value: null, means: 'Also refuses mail from the domain that comes without TLS.' },
    ],
    means: `Asks for TLS with a partner: ${DeliveryLevel.options.join(', ')}.`,
    run: enforce,
  }),
  command({
    path: 'tls remove',
    args: ['DOMAIN'],
    means: 'Takes a partner from the list; its policies stay.',
    run: remove,
  }),
]

async function list({ call, tenant, show }: Context): Promise<number> {
  const { items } = await call(listTlsPartners, { params: { tenant: await tenant() } })
  show(items, () =>
    table(
      ['Domain', 'Bears', 'Asked', 'Note'],
      items.map(({ domain, test, policies, warning }) => [
        domain,
        test?.state === 'running' ? wordOf('running') : (test?.strongest ?? wordOf('not-verified')),
        policies.map(({ text }) => text).join('; ') || '–',
        warning ?? '',
      ]),
      'There is no partner yet. Test one with: gatepost tls test DOMAIN',
    ),
  )
  return 0
}

async function test(context: Context): Promise<number> {
  const { call, arg, show, clock } = context
  const tenant = await context.tenant()
  const domain = arg(0).toLowerCase()
  const known = await findPartner(context, tenant, domain)
  let partner =
    known === null
      ? await call(addTlsPartner, { params: { tenant }, body: { domain } })
      : await call(testTlsPartner, { params: { tenant, domain } })
  const deadline = clock.now() + TEST_MS_MAX
  while (partner.test?.state === 'running' && clock.now() < deadline) {
    await clock.sleep(ASK_AGAIN_MS)
    partner = (await findPartner(context, tenant, partner.domain)) ?? partner
  }
  const strongest = partner.test?.strongest ?? null
  show(
    partner,
    () => `${partner.domain}: ${strongest ?? 'nobody could look'}\n${checkList(partner.test?.checks ?? [])}`,
  )
  return strongest === null || strongest === 'opportunistic' ? 1 : 0
}

async function enforce({ call, tenant, arg, isSet, show }: Context): Promise<number> {
  const level = oneOf(arg(1), DeliveryLevel.options, 'LEVEL')
  const params = { tenant: await tenant(), domain: arg(0).toLowerCase() }
  const partner = await call(enforceTlsPartner, { params, body: { level, receipt: isSet('receipt') } })
  show(partner, () => {
    const lines = partner.policies.map(({ name, text }) => `${name}: ${text}`)
    return `${[...lines, partner.warning].filter(Boolean).join('\n')}\n`
  })
  return 0
}

async function remove({ call, tenant, arg, show }: Context): Promise<number> {
  const domain = arg(0).toLowerCase()
  await call(removeTlsPartner, { params: { tenant: await tenant(), domain } })
  show({ domain }, () => `${domain} is tested no more. Its policies stay.\n`)
  return 0
}

async function findPartner({ call }: Context, tenant: string, domain: string): Promise<TlsPartner | null> {
  const { items } = await call(listTlsPartners, { params: { tenant } })
  const found = items.find((one) => one.domain === domain) ?? null
  if (found === null && !domain.includes('.')) throw new CommandFailed(`“${domain}” is not a domain.`)
  return found
}
