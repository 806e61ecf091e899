// `forwarding`: addresses of the organisation whose mail goes to another one.
import {
  addForwarding,
  type ForwardingAddress,
  listForwardings,
  removeForwarding,
  testForwarding,
} from '@gatepost/contract/forwarding.ts'
import { type Command, CommandFailed, command } from '../command.ts'
import { table } from '../layout.ts'
import { timeOf } from '../words.ts'

export const forwardingCommands: readonly Command[] = [
  command({
    path: 'forwarding list',
    flags: [{ name: 'search', value: 'TEXT', means: 'Part of an address or comment.' }],
    means: 'Forwarding addresses and where they lead.',
    run: async ({ call, tenant, flag, show }) => {
      const query = { limit: 500, search: flag('search') }
      const { items } = await call(listForwardings, { params: { tenant: await tenant() }, query })
      show(items, () =>
        table(HEADS, items.map(rowOf), 'There is none. Add one with: gatepost forwarding add'),
      )
      return 0
    },
  }),
  command({
    path: 'forwarding add',
    args: ['ADDRESS', 'TARGET'],
    flags: [
      { name: 'keep-copy', value: null, means: 'Also deliver to the address itself.' },
      { name: 'comment', value: 'TEXT', means: 'Why it forwards.' },
    ],
    means: 'Makes an address forward.',
    run: async ({ call, tenant, arg, flag, isSet, show }) => {
      const body = {
        address: arg(0),
        target: arg(1),
        keepCopy: isSet('keep-copy'),
        comment: flag('comment') ?? '',
      }
      const made = await call(addForwarding, { params: { tenant: await tenant() }, body })
      show(made, () => table(HEADS, [rowOf(made)], ''))
      return 0
    },
  }),
  command({
    path: 'forwarding test',
    args: ['ADDRESS', 'TARGET'],
    means: 'Whether a target would take the mail. Nothing is saved or sent.',
    run: async ({ call, tenant, arg, show }) => {
      const body = { address: arg(0), target: arg(1) }
      const { checks, passed } = await call(testForwarding, { params: { tenant: await tenant() }, body })
      const rows = checks.map(({ title, state, saw }) => [title, state, saw])
      show(checks, () => table(['Test', 'State', 'We saw'], rows, ''))
      return passed ? 0 : 1
    },
  }),
  command({
    path: 'forwarding remove',
    args: ['ADDRESS'],
    means: 'Ends forwarding.',
    run: async ({ call, tenant, arg, show }) => {
      const params = { tenant: await tenant() }
      const { items } = await call(listForwardings, { params, query: { limit: 500, search: arg(0) } })
      const found = items.find(({ id, address }) => id === arg(0) || address === arg(0).toLowerCase())
      if (!found) throw new CommandFailed(`${arg(0)} does not forward. See: gatepost forwarding list`)
      await call(removeForwarding, { params: { ...params, forwarding: found.id } })
      show({ removed: found.address }, () => `${found.address} gets its mail itself again.\n`)
      return 0
    },
  }),
]

const HEADS = ['Address', 'Goes to', 'Copy kept', 'Last used', 'Comment']

function rowOf({ address, target, keepCopy, lastSeenAt, comment }: ForwardingAddress): string[] {
  return [address, target, keepCopy ? 'yes' : 'no', timeOf(lastSeenAt), comment]
}
