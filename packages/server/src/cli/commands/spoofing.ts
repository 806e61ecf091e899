// `forgery`, `services`: who sends as us from outside, how that is treated, and services that are trusted.
import {
  addService,
  listServices,
  removeService,
  SERVICE_IDENTITIES,
  type ServiceDraft,
} from '@gatepost/contract/service.ts'
import {
  EXEMPTIONS,
  exemptSpoofSource,
  getSpoofing,
  lookAtSpf,
  setSpoofing,
} from '@gatepost/contract/spoofing.ts'
import { type Command, CommandFailed, type Context, command, oneOf, UsageError } from '../command.ts'
import { table } from '../layout.ts'
import { timeOf } from '../words.ts'

const ACTIONS = ['refuse', 'report', 'none'] as const

export const spoofingCommands: readonly Command[] = [
  command({
    path: 'forgery show',
    means: 'How each domain is protected, and who outside sends as it.',
    run: show,
  }),
  command({
    path: 'forgery set',
    args: ['DOMAIN', 'ACTION'],
    flags: [{ name: 'refuse-aligned', value: null, means: 'Refuses even what authenticates as the domain.' }],
    means: `Mail from outside that uses a domain: ${ACTIONS.join(', ')}.`,
    run: set,
  }),
  command({
    path: 'forgery exempt',
    args: ['SOURCE'],
    flags: [
      {
        name: 'by',
        value: EXEMPTIONS.join('|'),
        means: 'What it is recognised by; the narrowest that fits else.',
      },
      { name: 'sender', value: 'ADDRESS', means: 'Only as this sender; the whole domain else.' },
    ],
    means: 'Lets a source through that `forgery show` names.',
    run: exempt,
  }),
  command({
    path: 'forgery spf',
    args: ['DOMAIN'],
    means: 'Counts the look-ups of an SPF record and names shared clouds in it.',
    run: spf,
  }),
  command({ path: 'services list', means: 'Trusted services and their policies.', run: list }),
  command({
    path: 'services add',
    args: ['NAME', 'BY', 'VALUE'],
    flags: [
      {
        name: 'sender',
        value: 'ADDRESS',
        many: true,
        means: 'A sender it uses; yours are those it may send as.',
      },
      { name: 'spoofing', value: null, means: 'It may send with your addresses.' },
    ],
    means: `Trusts a service, recognised by ${SERVICE_IDENTITIES.join(', ')}.`,
    run: add,
  }),
  command({
    path: 'services remove',
    args: ['ID'],
    means: 'Trusts a service no more; its policies go with it.',
    run: async ({ call, tenant, arg, show: print }) => {
      await call(removeService, { params: { tenant: await tenant(), service: arg(0) } })
      print({ removed: arg(0) }, () => `${arg(0)} is trusted no more.\n`)
      return 0
    },
  }),
]

async function read({ call, tenant }: Context) {
  return call(getSpoofing, { params: { tenant: await tenant() }, query: { dismissed: 'false' } })
}

async function show(context: Context): Promise<number> {
  const found = await read(context)
  context.show(found, () => {
    const domains = table(
      ['Domain', 'Mail from outside', 'Refused', 'Reported', 'Exemptions'],
      found.domains.map((one) => [
        one.domain,
        one.state,
        String(one.refused),
        String(one.reported),
        String(one.exemptions.length),
      ]),
      'There is no validated domain yet.',
    )
    const sources = table(
      ['Source', 'As', 'State', 'Messages', 'Last seen'],
      found.sources.map((one) => [
        one.source,
        one.newest.sender,
        one.state,
        String(one.accepted + one.refused + one.reported),
        timeOf(one.lastSeenAt),
      ]),
      'Nobody outside has used your domains.',
    )
    return `${domains}\n${sources}`
  })
  return 0
}

async function set({ call, tenant, arg, isSet, show: print }: Context): Promise<number> {
  const action = oneOf(arg(1), ACTIONS, 'ACTION')
  const body = { action, acceptAligned: !isSet('refuse-aligned'), reason: '' }
  const done = await call(setSpoofing, { params: { tenant: await tenant(), domain: arg(0) }, body })
  print(done, () => `${done.policy.name}: ${done.policy.optionText}\n`)
  return 0
}

async function exempt(context: Context): Promise<number> {
  const { call, tenant, arg, flag, show: print } = context
  const source = (await read(context)).sources.find((one) => one.source === arg(0))
  if (!source)
    throw new CommandFailed(`No source “${arg(0)}” was seen. List them with: gatepost forgery show`)
  const by = flag('by')
  const way =
    by === undefined
      ? source.exemptions.find(({ warnings }) => warnings.length === 0)
      : source.exemptions.find((one) => one.by === oneOf(by, EXEMPTIONS, '--by'))
  if (!way)
    throw new CommandFailed('It proves nothing that it could be recognised by without a risk; name --by.')
  const body = {
    domain: source.domain,
    kind: source.kind,
    source: source.source,
    by: way.by,
    value: way.value,
    sender: flag('sender') ?? null,
    reason: '',
  }
  const made = await call(exemptSpoofSource, { params: { tenant: await tenant() }, body })
  print(made, () => `${made.policy.name}: ${way.text}\n`)
  return 0
}

async function spf({ call, tenant, arg, show: print }: Context): Promise<number> {
  const look = await call(lookAtSpf, { params: { tenant: await tenant(), name: arg(0) } })
  print(look, () => [`${look.domain}: ${look.lookUps} look-ups.`, ...look.warnings, ''].join('\n'))
  return look.warnings.length === 0 ? 0 : 1
}

async function list({ call, tenant, show: print }: Context): Promise<number> {
  const { items } = await call(listServices, { params: { tenant: await tenant() } })
  print(items, () =>
    table(
      ['Id', 'Name', 'Recognised by', 'Policies'],
      items.map((one) => [one.id, one.name, `${one.identity} ${one.value}`, String(one.policies.length)]),
      'No service is trusted yet.',
    ),
  )
  return 0
}

async function add({ call, tenant, arg, flags, isSet, show: print }: Context): Promise<number> {
  if (arg(2) === '') throw new UsageError('VALUE is missing')
  const draft: ServiceDraft = {
    name: arg(0),
    identity: oneOf(arg(1), SERVICE_IDENTITIES, 'BY'),
    value: arg(2),
    senders: [...flags('sender')],
    grants: { permit: true, spoofing: isSet('spoofing'), displayName: true },
    catalogue: null,
    comment: '',
  }
  const service = await call(addService, { params: { tenant: await tenant() }, body: { draft, reason: '' } })
  print(service, () => `${service.name} is trusted: ${service.policies.length} policies.\n`)
  return 0
}
