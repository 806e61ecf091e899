// `groups`: address groups that policies name.
import {
  type AddressGroup,
  changeGroupMembers,
  createGroup,
  getGroup,
  listGroups,
  removeGroup,
  updateGroup,
} from '@gatepost/contract/group.ts'
import { type Command, type Context, command, type Flag } from '../command.ts'
import { facts, plain, table } from '../layout.ts'
import { groupId } from './policy-draft.ts'

const GROUP = ['GROUP']
const ENTRY: Flag = {
  name: 'entry',
  value: 'ENTRY',
  many: true,
  means: 'An address, or a domain with all below it.',
}
const REASON: Flag = { name: 'reason', value: 'TEXT', means: 'Why; kept with the revision.' }

export const groupCommands: readonly Command[] = [
  command({
    path: 'groups list',
    flags: [{ name: 'search', value: 'TEXT', means: 'Part of a name or of an entry.' }],
    means: 'Groups by name, those of directories among them.',
    run: list,
  }),
  command({
    path: 'groups show',
    args: GROUP,
    means: 'A group with its entries and the policies that name it.',
    run: async (context) => showGroup(await found(context), context),
  }),
  command({
    path: 'groups create',
    args: ['NAME'],
    flags: [ENTRY, REASON],
    means: 'Makes a group.',
    run: create,
  }),
  command({
    path: 'groups add',
    args: GROUP,
    flags: [ENTRY, REASON],
    means: 'Puts entries into a group.',
    run: (context) => change(context, (before, named) => [...before, ...named]),
  }),
  command({
    path: 'groups take',
    args: GROUP,
    flags: [ENTRY, REASON],
    means: 'Takes entries out of a group.',
    run: (context) => change(context, (before, named) => before.filter((entry) => !named.includes(entry))),
  }),
  command({
    path: 'groups members',
    args: GROUP,
    flags: [
      { name: 'add', value: 'ADDRESS', many: true, means: 'Puts a user in, by main address.' },
      { name: 'take', value: 'ADDRESS', many: true, means: 'Takes a user out.' },
    ],
    means: 'Puts users into a local group and takes others out.',
    run: async (context) => {
      const params = { tenant: await context.tenant(), group: await groupId(context, context.arg(0)) }
      const body = { add: [...context.flags('add')], remove: [...context.flags('take')] }
      const done = await context.call(changeGroupMembers, { params, body })
      const text = `${done.added} put in, ${done.removed} taken out, ${done.memberCount} in the group.\n`
      context.show(done, () => text)
      return 0
    },
  }),
  command({
    path: 'groups remove',
    args: GROUP,
    flags: [REASON],
    means: 'Removes a group that no policy names.',
    run: async (context) => {
      const params = { tenant: await context.tenant(), group: await groupId(context, context.arg(0)) }
      await context.call(removeGroup, { params, query: { reason: context.flag('reason') ?? '' } })
      context.show({ removed: context.arg(0) }, () => `${context.arg(0)} is removed.\n`)
      return 0
    },
  }),
]

async function list({ call, tenant, flag, show }: Context): Promise<number> {
  const query = { search: flag('search') }
  const { items } = await call(listGroups, { params: { tenant: await tenant() }, query })
  show(items, () =>
    table(
      ['Id', 'Name', 'Kept by', 'Users', 'Addresses', 'Domains', 'Policies'],
      items.map((group) => [
        group.id,
        plain(group.name),
        plain(group.directory ?? 'local'),
        String(group.memberCount),
        String(group.addressCount),
        String(group.domainCount),
        String(group.usedBy.length),
      ]),
      'There is no such address group.',
    ),
  )
  return 0
}

async function found(context: Context): Promise<AddressGroup> {
  const group = await groupId(context, context.arg(0))
  return context.call(getGroup, { params: { tenant: await context.tenant(), group } })
}

async function create(context: Context): Promise<number> {
  const body = {
    name: context.arg(0),
    ...entriesOf(context.flags('entry')),
    reason: context.flag('reason') ?? '',
  }
  const group = await context.call(createGroup, { params: { tenant: await context.tenant() }, body })
  return showGroup(group, context)
}

async function change(
  context: Context,
  make: (before: readonly string[], named: readonly string[]) => readonly string[],
): Promise<number> {
  const { id, name, description, addresses, domains } = await found(context)
  const named = context.flags('entry').map((entry) => entry.toLowerCase())
  const entries = entriesOf(make([...addresses, ...domains], named))
  const body = { name, description, ...entries, reason: context.flag('reason') ?? '' }
  const params = { tenant: await context.tenant(), group: id }
  return showGroup(await context.call(updateGroup, { params, body }), context)
}

function entriesOf(entries: readonly string[]) {
  return {
    addresses: entries.filter((entry) => entry.includes('@')),
    domains: entries.filter((entry) => !entry.includes('@')),
  }
}

function showGroup(group: AddressGroup, { show }: Context): number {
  show(group, () =>
    facts([
      ['Group', `${plain(group.name)} (${group.id})`],
      ['Kept by', group.directory ?? 'this organisation'],
      ['Users', String(group.memberCount)],
      ['Addresses', group.addresses.join(', ') || 'none'],
      ['Domains', group.domains.join(', ') || 'none'],
      ['Named by', group.usedBy.map(({ name }) => plain(name)).join(', ') || 'no policy'],
    ]),
  )
  return 0
}
