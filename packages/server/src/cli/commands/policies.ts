// `policies`: list, show with what each one means to the others, add, switch, remove, history.
import {
  createPolicy,
  duplicatePolicy,
  enablePolicy,
  getPolicy,
  getPolicyHistory,
  getPolicySummary,
  listPolicies,
  PolicyType,
  type PolicyWithConflicts,
  previewPolicy,
  removePolicy,
} from '@gatepost/contract/policy.ts'
import { type Command, type Context, command, type Flag, numberOf, oneOf } from '../command.ts'
import { facts, plain, table } from '../layout.ts'
import { plural, timeOf, wordOf } from '../words.ts'
import { DRAFT_FLAGS, draftOf } from './policy-draft.ts'

const ID = ['POLICY']
const REASON: Flag = { name: 'reason', value: 'TEXT', means: 'Why; kept with the revision.' }
const LIMIT: Flag = { name: 'limit', value: 'N', means: 'At most so many (50, up to 500).' }
const AFTER: Flag = { name: 'after', value: 'ID', means: 'Those behind this one.' }
const TYPES = PolicyType.options.join(', ')

export const policyCommands: readonly Command[] = [
  command({
    path: 'policies list',
    flags: [
      { name: 'type', value: 'TYPE', means: `One of ${TYPES}.` },
      { name: 'search', value: 'TEXT', means: 'Part of a name, a description or either side.' },
      LIMIT,
      AFTER,
    ],
    means: 'Policies, newest first.',
    run: list,
  }),
  command({ path: 'policies count', means: 'How many policies there are of each type.', run: count }),
  command({
    path: 'policies show',
    args: ID,
    means: 'A policy, and the policies that meet the same mail.',
    run: async (context) => showPolicy(await context.call(getPolicy, await paramsOf(context)), context),
  }),
  command({
    path: 'policies add',
    args: ['TYPE'],
    flags: [
      ...DRAFT_FLAGS,
      REASON,
      { name: 'dry-run', value: null, means: 'Checks it and lists what it would meet; saves nothing.' },
    ],
    means: 'Adds a policy; live on every edge within a second.',
    run: add,
  }),
  command({
    path: 'policies enable',
    args: ID,
    flags: [REASON],
    means: 'Switches a policy on.',
    run: (context) => enable(context, true),
  }),
  command({
    path: 'policies disable',
    args: ID,
    flags: [REASON],
    means: 'Switches a policy off without removing it.',
    run: (context) => enable(context, false),
  }),
  command({
    path: 'policies duplicate',
    args: ID,
    flags: [REASON],
    means: 'Makes a disabled copy.',
    run: async (context) => {
      const body = { reason: context.flag('reason') ?? '' }
      const input = { ...(await paramsOf(context)), body }
      return showPolicy(await context.call(duplicatePolicy, input), context)
    },
  }),
  command({
    path: 'policies remove',
    args: ID,
    flags: [REASON],
    means: 'Removes a policy; its history stays.',
    run: async (context) => {
      const query = { reason: context.flag('reason') ?? '' }
      await context.call(removePolicy, { ...(await paramsOf(context)), query })
      context.show({ removed: context.arg(0) }, () => `${context.arg(0)} is removed.\n`)
      return 0
    },
  }),
  command({
    path: 'policies history',
    args: ID,
    flags: [LIMIT],
    means: 'Every change of a policy: who, when, why and what. Also of one that is gone.',
    run: history,
  }),
]

async function paramsOf({ tenant, arg }: Context) {
  return { params: { tenant: await tenant(), policy: arg(0) } }
}

async function list({ again, call, tenant, flag, show }: Context): Promise<number> {
  const type = flag('type')
  const page = await call(listPolicies, {
    params: { tenant: await tenant() },
    query: {
      type: type === undefined ? undefined : oneOf(type, PolicyType.options, '--type'),
      search: flag('search'),
      limit: numberOf(flag('limit') ?? '50', '--limit'),
      after: flag('after'),
    },
  })
  show(page, () => {
    const rows = page.items.map((policy) => [
      policy.id,
      policy.type,
      plain(policy.name),
      plain(policy.fromText),
      plain(policy.toText),
      policy.optionText,
      wordOf(policy.state),
    ])
    const heads = ['Id', 'Type', 'Name', 'From', 'To', 'What it does', 'State']
    const more = page.next === null ? '' : `\nMore: ${again(page.next)}\n`
    return table(heads, rows, 'There is no such policy.') + more
  })
  return 0
}

async function count({ call, tenant, show }: Context): Promise<number> {
  const summary = await call(getPolicySummary, { params: { tenant: await tenant() } })
  show(summary, () =>
    table(
      ['Type', 'Policies', 'Enabled'],
      summary.types.map(({ type, total, enabled }) => [type, String(total), String(enabled)]),
      '',
    ),
  )
  return 0
}

async function add(context: Context): Promise<number> {
  const { call, tenant, flag, isSet, show } = context
  const params = { tenant: await tenant() }
  const draft = await draftOf(context)
  if (!isSet('dry-run')) {
    const body = { draft, reason: flag('reason') ?? '' }
    return showPolicy(await call(createPolicy, { params, body }), context)
  }
  const preview = await call(previewPolicy, { params, body: { draft } })
  show(preview, () => {
    const faults = preview.errors.map(({ path, message }) => `  ${path.slice(1)}: ${message}\n`)
    const head = faults.length > 0 ? `It cannot be saved:\n${faults.join('')}` : 'It can be saved.\n'
    return head + conflictText(preview)
  })
  return preview.errors.length > 0 ? 1 : 0
}

async function enable(context: Context, enabled: boolean): Promise<number> {
  const body = { enabled, reason: context.flag('reason') ?? '' }
  return showPolicy(await context.call(enablePolicy, { ...(await paramsOf(context)), body }), context)
}

async function history(context: Context): Promise<number> {
  const query = { limit: numberOf(context.flag('limit') ?? '50', '--limit') }
  const page = await context.call(getPolicyHistory, { ...(await paramsOf(context)), query })
  context.show(page, () =>
    page.items
      .map(({ at, actor, action, reason, changes }) => {
        const why = reason === '' ? '' : `: ${plain(reason)}`
        const what = changes.map(
          ({ field, before, after }) => `    ${field}: ${valueText(before)} → ${valueText(after)}\n`,
        )
        return `${timeOf(at)}  ${action} by ${plain(actor)}${why}\n${action === 'changed' ? what.join('') : ''}`
      })
      .join(''),
  )
  return 0
}

function showPolicy(found: PolicyWithConflicts, { show }: Context): number {
  const { policy } = found
  show(found, () => {
    const conditions = [...policy.sourceIps, ...policy.hostNames].join(', ')
    const head = facts([
      ['Policy', `${plain(policy.name)} (${policy.id})`],
      ['Type', policy.type],
      ['From', plain(policy.fromText)],
      ['To', plain(policy.toText)],
      ['Addresses based on', policy.addressesBasedOn],
      ['What it does', policy.optionText],
      ['Only from', conditions === '' ? null : conditions],
      ['State', `${wordOf(policy.state)}${policy.override ? ', overrides more specific policies' : ''}`],
      ['Ends', policy.validUntil === null ? null : timeOf(policy.validUntil)],
      ['Made', `${timeOf(policy.createdAt)} by ${plain(policy.createdBy)}`],
    ])
    return head + conflictText(found)
  })
  return 0
}

function conflictText({
  conflicts,
  moreConflicts,
  warnings,
}: Pick<PolicyWithConflicts, 'conflicts' | 'moreConflicts' | 'warnings'>): string {
  const said = [...warnings, ...conflicts.map(({ text }) => plain(text))].map((text) => `  ${text}\n`)
  if (said.length === 0) return ''
  const more = moreConflicts ? `  There are more than ${plural(conflicts.length, 'conflict')}.\n` : ''
  return `\nWorth knowing:\n${said.join('')}${more}`
}

function valueText(value: unknown): string {
  return value === null || value === undefined ? '–' : plain(JSON.stringify(value))
}
