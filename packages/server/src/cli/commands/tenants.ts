// `tenants`: organisations.
import { Environment } from '@gatepost/contract/common.ts'
import { createTenant, getTenant, listTenants, updateTenant } from '@gatepost/contract/tenant.ts'
import { type Command, type Context, command, oneOf, UsageError } from '../command.ts'
import { table } from '../layout.ts'
import { timeOf } from '../words.ts'

export const tenantCommands: readonly Command[] = [
  command({ path: 'tenants list', means: 'All organisations.', run: list }),
  command({
    path: 'tenants add',
    args: ['NAME'],
    flags: [
      { name: 'domain', value: 'DOMAIN', means: 'Primary domain. Needed.' },
      { name: 'environment', value: 'NAME', means: `One of ${Environment.options.join(', ')}. Needed.` },
      { name: 'contact-name', value: 'NAME', means: 'Emergency contact. Needed.' },
      {
        name: 'contact-email',
        value: 'ADDRESS',
        means: 'Its address, outside the organisation’s own mail. Needed.',
      },
      { name: 'contact-phone', value: 'NUMBER', means: 'Its telephone number.' },
    ],
    means: 'Adds an organisation; the first operator becomes its administrator.',
    run: add,
  }),
  command({
    path: 'tenants set',
    flags: [
      { name: 'name', value: 'NAME', means: 'Its name.' },
      { name: 'environment', value: 'NAME', means: `One of ${Environment.options.join(', ')}.` },
      { name: 'inbound-only', value: 'yes|no', means: 'Whether it only receives: then C6 is not needed.' },
      { name: 'contact-name', value: 'NAME', means: 'Emergency contact.' },
      { name: 'contact-email', value: 'ADDRESS', means: 'Its address, outside the organisation’s own mail.' },
      { name: 'contact-phone', value: 'NUMBER', means: 'Its telephone number.' },
      {
        name: 'postmaster',
        value: 'ADDRESS',
        means: 'Who gets mail for postmaster and abuse; none for nobody.',
      },
    ],
    means: 'Changes name, environment, emergency contact or postmaster of the organisation.',
    run: set,
  }),
]

async function list({ call, show }: Context): Promise<number> {
  const { items } = await call(listTenants, { query: { limit: 500 } })
  show(items, () =>
    table(
      ['Slug', 'Name', 'Primary domain', 'Environment', 'Since'],
      items.map(({ slug, name, primaryDomain, environment, createdAt }) => [
        slug,
        name,
        primaryDomain,
        environment,
        timeOf(createdAt),
      ]),
      'There is no organisation yet. Open the set-up link that the start printed.',
    ),
  )
  return 0
}

async function set(context: Context): Promise<number> {
  const { flag, call, show } = context
  const params = { tenant: await context.tenant() }
  const before = await call(getTenant, { params })
  const contact = {
    name: flag('contact-name') ?? before.emergencyContact.name,
    email: flag('contact-email') ?? before.emergencyContact.email,
    phone: flag('contact-phone') ?? before.emergencyContact.phone,
  }
  const [name, environment, inboundOnly] = [flag('name'), flag('environment'), flag('inbound-only')]
  const postmaster = flag('postmaster')
  const isContact = ['contact-name', 'contact-email', 'contact-phone'].some((one) => flag(one) !== undefined)
  const tenant = await call(updateTenant, {
    params,
    body: {
      ...(name === undefined ? {} : { name }),
      ...(environment === undefined
        ? {}
        : { environment: oneOf(environment, Environment.options, '--environment') }),
      ...(inboundOnly === undefined
        ? {}
        : { inboundOnly: oneOf(inboundOnly, ['yes', 'no'], '--inbound-only') === 'yes' }),
      ...(isContact ? { emergencyContact: contact } : {}),
      ...(postmaster === undefined ? {} : { postmaster: postmaster === 'none' ? null : postmaster }),
    },
  })
  show(
    tenant,
    () =>
      `${tenant.name}: ${tenant.environment}, ` +
      `emergency contact ${tenant.emergencyContact.email || 'none'}\n`,
  )
  return 0
}

async function add({ arg, flag, call, show }: Context): Promise<number> {
  const needed = (name: string): string => {
    const value = flag(name)
    if (value === undefined) throw new UsageError(`--${name} is missing`)
    return value
  }
  const tenant = await call(createTenant, {
    body: {
      name: arg(0),
      primaryDomain: needed('domain'),
      environment: oneOf(needed('environment'), Environment.options, '--environment'),
      emergencyContact: {
        name: needed('contact-name'),
        email: needed('contact-email'),
        phone: flag('contact-phone') ?? '',
      },
    },
  })
  show(tenant, () =>
    [
      `${tenant.name} is added as ${tenant.slug}.\n`,
      `Next: gatepost domains verify ${tenant.primaryDomain} --tenant ${tenant.slug}\n`,
    ].join(''),
  )
  return 0
}
