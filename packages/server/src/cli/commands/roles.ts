// `roles`, `administrators`, `operators`: who may do what, in an organisation and for many.
import { inviteOperator, listOperators, setOperator } from '@gatepost/contract/operator.ts'
import { type Permission, permissions } from '@gatepost/contract/permission.ts'
import {
  createRole,
  giveGroupRole,
  giveRole,
  type Invited,
  inviteAdministrator,
  listAdministrators,
  listGroupRoles,
  listInvitations,
  listRoles,
  removeAdministrator,
  removeGroupRole,
  removeRole,
} from '@gatepost/contract/role.ts'
import { listTenants } from '@gatepost/contract/tenant.ts'
import { type Command, CommandFailed, type Context, command, oneOf, UsageError } from '../command.ts'
import { table } from '../layout.ts'
import { timeOf } from '../words.ts'

const ROLE = { name: 'role', value: 'ROLE', means: 'Its name or id; see: gatepost roles list' }

export const roleCommands: readonly Command[] = [
  command({ path: 'roles list', means: 'Built-in and own roles, and how many hold each.', run: list }),
  command({
    path: 'roles add',
    args: ['NAME'],
    flags: [
      { name: 'may', value: 'PERMISSION', many: true, means: 'A permission such as users:write. Several.' },
      { name: 'description', value: 'TEXT', means: 'What the role is for.' },
    ],
    means: 'Makes a role of permissions; docs/reference/permissions.md lists them.',
    run: add,
  }),
  command({ path: 'roles remove', args: ['ROLE'], means: 'Removes a role that nobody holds.', run: remove }),
  command({
    path: 'administrators list',
    flags: [{ name: 'search', value: 'TEXT', means: 'Part of a name or address.' }],
    means: 'Who has a role here, who was invited, and which groups give roles.',
    run: people,
  }),
  command({
    path: 'administrators invite',
    args: ['ADDRESS'],
    flags: [
      ROLE,
      { name: 'name', value: 'NAME', means: 'What the person is called.' },
      { name: 'mail', value: null, means: 'Mail the link instead of printing it.' },
    ],
    means: 'Asks somebody to take a role, by a link that works once.',
    run: invite,
  }),
  command({
    path: 'administrators set',
    args: ['ADDRESS'],
    flags: [ROLE],
    means: 'Gives somebody another role, from the next request on.',
    run: set,
  }),
  command({
    path: 'administrators remove',
    args: ['ADDRESS'],
    means: 'Takes a role away, from the next request on.',
    run: take,
  }),
  command({
    path: 'administrators group',
    args: ['GROUP', 'ROLE?'],
    means: 'Lets a directory group give a role; without ROLE it gives none any more.',
    run: group,
  }),
  command({ path: 'operators list', means: 'Who acts for organisations from outside.', run: operators }),
  command({
    path: 'operators set',
    args: ['ADDRESS'],
    flags: [
      { name: 'name', value: 'NAME', means: 'For somebody who is invited.' },
      { name: 'tenants', value: 'SLUGS', many: true, means: 'Organisations, as SLUG or SLUG=ROLE. Several.' },
      { name: 'installation', value: null, means: 'Operator of the installation itself.' },
    ],
    means: 'Chooses exactly what an operator acts for; invites one who is not known yet.',
    run: setOperators,
  }),
]

async function list({ call, tenant, show }: Context): Promise<number> {
  const { items } = await call(listRoles, { params: { tenant: await tenant() } })
  show(items, () =>
    table(
      ['Role', 'Id', 'People', 'Groups', 'Protected', 'Permissions'],
      items.map((role) => [
        role.name,
        role.id,
        String(role.people),
        String(role.groups),
        role.protected ? 'yes' : 'no',
        role.builtIn ? String(role.permissions.length) : role.permissions.join(' '),
      ]),
      'There is no role.',
    ),
  )
  return 0
}

async function add({ call, tenant, arg, flag, flags, show }: Context): Promise<number> {
  const wanted = flags('may').map((text) => oneOf(text, permissions, '--may')) as Permission[]
  if (wanted.length === 0) throw new UsageError('--may: name at least one permission')
  const body = { name: arg(0), description: flag('description') ?? '', permissions: wanted }
  const role = await call(createRole, { params: { tenant: await tenant() }, body })
  show(role, () => `${role.name} is made as ${role.id}.\n`)
  return 0
}

async function remove(context: Context): Promise<number> {
  const { call, arg, show } = context
  const tenant = await context.tenant()
  const id = await roleIdOf(context, tenant, arg(0))
  await call(removeRole, { params: { tenant, role: id } })
  show({ removed: id }, () => `${arg(0)} is removed.\n`)
  return 0
}

async function people({ call, tenant, flag, show }: Context): Promise<number> {
  const params = { tenant: await tenant() }
  const search = flag('search')
  const [{ items }, invited, groups] = await Promise.all([
    call(listAdministrators, { params, query: { limit: 500, ...(search ? { search } : {}) } }),
    call(listInvitations, { params }),
    call(listGroupRoles, { params }),
  ])
  show({ people: items, invitations: invited.items, groups: groups.items }, () =>
    [
      table(
        ['Who', 'Address', 'Role', 'Last seen'],
        items.map((one) => [
          one.asOperator ? `${one.name} (operator)` : one.name,
          one.email,
          one.roleName,
          timeOf(one.lastSeenAt),
        ]),
        'Nobody has a role here.',
      ),
      ...invited.items.map(
        (one) => `Invited until ${timeOf(one.expiresAt)}: ${one.email}, ${one.roleName}\n`,
      ),
      ...groups.items.map((one) => `Group ${one.groupName} (${one.members}): ${one.roleName}\n`),
    ].join(''),
  )
  return 0
}

async function invite(context: Context): Promise<number> {
  const { call, arg, flag, isSet, show } = context
  const tenant = await context.tenant()
  const role = await roleIdOf(context, tenant, flag('role') ?? 'basic')
  const send = isSet('mail') ? ('mail' as const) : ('show' as const)
  const body = { email: arg(0), name: flag('name') ?? arg(0), role, send }
  const invited = await call(inviteAdministrator, { params: { tenant }, body })
  show(invited, () => invitedText(invited))
  return 0
}

function invitedText({ invitation, link }: Invited): string {
  const until = `until ${timeOf(invitation.expiresAt)}`
  return link === null
    ? `The link was mailed to ${invitation.email}; it works once, ${until}.\n`
    : `Hand this link to ${invitation.email}; it works once, ${until}:\n${link}\n`
}

async function set(context: Context): Promise<number> {
  const { call, arg, flag, show } = context
  const tenant = await context.tenant()
  const wanted = flag('role')
  if (wanted === undefined) throw new UsageError('--role is needed')
  const role = await roleIdOf(context, tenant, wanted)
  const person = await personIdOf(context, tenant, arg(0))
  const done = await call(giveRole, { params: { tenant, person }, body: { role } })
  show(done, () => `${done.email} is ${done.roleName} now.\n`)
  return 0
}

async function take(context: Context): Promise<number> {
  const { call, arg, show } = context
  const tenant = await context.tenant()
  const person = await personIdOf(context, tenant, arg(0))
  await call(removeAdministrator, { params: { tenant, person } })
  show({ removed: arg(0) }, () => `${arg(0)} has no role here any more.\n`)
  return 0
}

async function group(context: Context): Promise<number> {
  const { call, arg, show } = context
  const tenant = await context.tenant()
  const { items, groups } = await call(listGroupRoles, { params: { tenant } })
  const all = [...items.map((one) => ({ id: one.group, name: one.groupName })), ...groups]
  const found = all.find(({ id, name }) => id === arg(0) || name === arg(0))
  if (!found) throw new CommandFailed(`${arg(0)} is no group of a directory here`)
  const params = { tenant, group: found.id }
  if (arg(1) === '') {
    await call(removeGroupRole, { params })
    show({ group: found.name, role: null }, () => `${found.name} gives no role any more.\n`)
    return 0
  }
  const role = await roleIdOf(context, tenant, arg(1))
  await call(giveGroupRole, { params, body: { role } })
  show({ group: found.name, role }, () => `Everybody in ${found.name} is ${arg(1)} now.\n`)
  return 0
}

async function operators({ call, show }: Context): Promise<number> {
  const { items, invitations } = await call(listOperators, {})
  show({ items, invitations }, () =>
    [
      table(
        ['Who', 'Address', 'Of', 'Last seen'],
        items.map((one) => [
          one.name,
          one.email,
          [
            ...(one.installation ? ['the installation'] : []),
            ...one.tenants.map(({ slug, role }) => `${slug}=${role}`),
          ].join(', '),
          timeOf(one.lastSeenAt),
        ]),
        'There is no operator.',
      ),
      ...invitations.map((one) => `Invited until ${timeOf(one.expiresAt)}: ${one.email}\n`),
    ].join(''),
  )
  return 0
}

async function setOperators({ call, arg, flag, flags, isSet, show }: Context): Promise<number> {
  const { items: known } = await call(listTenants, { query: { limit: 500 } })
  const tenants = flags('tenants').map((text) => {
    const [slug = '', role = 'basic'] = text.split('=')
    const found = known.find((one) => one.slug === slug)
    if (!found) throw new CommandFailed(`${slug} is no organisation here`)
    const names = ['super', 'full', 'basic', 'help-desk', 'discovery-officer', 'read-only'] as const
    return { tenant: found.id, role: oneOf(role, names, '--tenants') }
  })
  const grants = { installation: isSet('installation'), tenants }
  const { items } = await call(listOperators, {})
  const present = items.find(({ email }) => email.toLowerCase() === arg(0).toLowerCase())
  if (present) {
    const done = await call(setOperator, { params: { person: present.id }, body: grants })
    show(done, () => `${arg(0)} acts for ${tenants.length} organisations now.\n`)
    return 0
  }
  const body = { ...grants, email: arg(0), name: flag('name') ?? arg(0) }
  const invited = await call(inviteOperator, { body })
  show(invited, () => invitedText(invited))
  return 0
}

async function roleIdOf({ call }: Context, tenant: string, text: string): Promise<string> {
  const { items } = await call(listRoles, { params: { tenant } })
  const found = items.find(({ id, name }) => id === text || name.toLowerCase() === text.toLowerCase())
  if (found) return found.id
  throw new CommandFailed(`${text} is no role here. See: gatepost roles list`)
}

async function personIdOf({ call }: Context, tenant: string, text: string): Promise<string> {
  const { items } = await call(listAdministrators, {
    params: { tenant },
    query: { limit: 500, search: text },
  })
  const found = items.find(({ id, email }) => id === text || email.toLowerCase() === text.toLowerCase())
  if (found) return found.id
  throw new CommandFailed(`${text} has no role here. See: gatepost administrators list`)
}
