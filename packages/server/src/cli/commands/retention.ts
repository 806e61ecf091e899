// `retention`, `holds`, `person`: how long data is kept, what must stay, and what is stored of a person.
import {
  addHold,
  erasePerson,
  exportPerson,
  getRetention,
  RetentionClass,
  type RetentionView,
  removeHold,
  retentionClasses,
  setRetention,
} from '@gatepost/contract/retention.ts'
import {
  type Command,
  CommandFailed,
  type Context,
  command,
  numberOf,
  oneOf,
  UsageError,
} from '../command.ts'
import { facts, table } from '../layout.ts'
import { countOf, timeOf } from '../words.ts'

export const retentionCommands: readonly Command[] = [
  command({
    path: 'retention show',
    means: 'How long each class of data is kept, what the last night removed, and holds.',
    run: async ({ call, tenant, show }) => {
      const view = await call(getRetention, { params: { tenant: await tenant() } })
      show(view, () => viewText(view))
      return 0
    },
  }),
  command({
    path: 'retention set',
    args: ['CLASS', 'DAYS'],
    means: `Keeps a class for other days; DAYS may be “forever” for the audit log. Classes: ${RetentionClass.options.join(', ')}.`,
    run: set,
  }),
  command({
    path: 'holds add',
    args: ['ADDRESS'],
    flags: [{ name: 'reason', value: 'TEXT', means: 'Why. Needed.' }],
    means: 'Keeps the data of an address from being erased.',
    run: hold,
  }),
  command({ path: 'holds remove', args: ['ADDRESS'], means: 'Ends a hold.', run: unhold }),
  command({
    path: 'person export',
    args: ['ADDRESS'],
    means: 'Everything that is stored of an address, as JSON.',
    run: exportData,
  }),
  command({
    path: 'person erase',
    args: ['ADDRESS'],
    flags: [{ name: 'again', value: 'ADDRESS', means: 'The address again. Needed.' }],
    means: 'Erases what is stored of an address and prints the receipt. A hold wins.',
    run: erase,
  }),
]

async function set({ call, tenant, arg, show }: Context): Promise<number> {
  const name = oneOf(arg(0), RetentionClass.options, 'CLASS')
  const days = arg(1) === 'forever' ? null : numberOf(arg(1), 'DAYS')
  const view = await call(setRetention, { params: { tenant: await tenant() }, body: { class: name, days } })
  show(view, () => viewText(view))
  return 0
}

async function hold({ call, tenant, arg, flag, show }: Context): Promise<number> {
  const reason = flag('reason')
  if (reason === undefined) throw new UsageError('--reason is needed')
  const view = await call(addHold, { params: { tenant: await tenant() }, body: { address: arg(0), reason } })
  show(view, () => viewText(view))
  return 0
}

async function unhold(context: Context): Promise<number> {
  const { call, arg, show } = context
  const params = { tenant: await context.tenant() }
  const { holds } = await call(getRetention, { params })
  const found = holds.find(({ id, address }) => id === arg(0) || address === arg(0))
  if (!found) throw new CommandFailed(`There is no hold on ${arg(0)}. See: gatepost retention show`)
  await call(removeHold, { params: { ...params, hold: found.id } })
  show({ removed: found.address }, () => `The hold on ${found.address} has ended.\n`)
  return 0
}

async function exportData({ call, tenant, arg, show }: Context): Promise<number> {
  const query = { address: arg(0) }
  const parts = await call(exportPerson, { params: { tenant: await tenant() }, query })
  let text = ''
  for await (const part of parts) text += part
  show(JSON.parse(text), () => text)
  return 0
}

async function erase({ call, tenant, arg, flag, show }: Context): Promise<number> {
  const again = flag('again')
  if (again === undefined) throw new UsageError('--again is needed: the address once more')
  const body = { address: arg(0), again }
  const receipt = await call(erasePerson, { params: { tenant: await tenant() }, body })
  show(receipt, () =>
    [
      facts([
        ['Erased', `${receipt.address}, ${timeOf(receipt.erasedAt)}`],
        ['User', receipt.removed.user ? 'removed' : 'none'],
        ['Account', receipt.removed.account ? 'removed' : 'none, or used elsewhere'],
        ['Managed senders', countOf(receipt.removed.senders)],
        ['Messages in tracking', countOf(receipt.removed.messages)],
        ['Other notes', countOf(receipt.removed.traces)],
        ['Receipt', receipt.auditId],
      ]),
      ...receipt.stays.map((line) => `${line}\n`),
    ].join(''),
  )
  return 0
}

function viewText({ items, holds }: RetentionView): string {
  return [
    table(
      ['Class', 'Days', 'As it comes', 'Last run', 'Removed'],
      items.map((item) => [
        `${item.class} (${retentionClasses[item.class].name})`,
        item.days === null ? 'for ever' : String(item.days),
        item.usual ? 'yes' : 'no',
        timeOf(item.lastRunAt),
        countOf(item.lastRemoved),
      ]),
      '',
    ),
    ...holds.map(({ address, reason }) => `Hold on ${address}: ${reason}\n`),
  ].join('')
}
