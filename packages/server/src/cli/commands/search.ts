// `search` and `report`: what the console's search and dashboard show.
import { getReport, type Report, ReportRange, reportOutcomes } from '@gatepost/contract/report.ts'
import { searchTenant } from '@gatepost/contract/search.ts'
import { type Command, type Context, command, oneOf } from '../command.ts'
import { facts, table } from '../layout.ts'

export const searchCommands: readonly Command[] = [
  command({
    path: 'search',
    args: ['WORDS'],
    means: 'People, domains, policies, routes and messages that fit. Exit code 1 when nothing does.',
    run: search,
  }),
  command({
    path: 'report',
    flags: [{ name: 'range', value: 'RANGE', means: '24h, 7d or 30d (24h).' }],
    means: 'Volumes, outcomes, delay, top senders and reasons. Exit code 1 when a message was lost.',
    run: report,
  }),
]

async function search({ call, tenant, arg, show }: Context): Promise<number> {
  const params = { tenant: await tenant() }
  const { items } = await call(searchTenant, { params, query: { q: arg(0) } })
  const rows = items.map(({ kind, label, detail, id }) => [kind, label, detail, id])
  show({ items }, () => table(['KIND', 'WHAT', 'DETAIL', 'ID'], rows, 'Nothing has these words.'))
  return items.length === 0 ? 1 : 0
}

async function report({ call, tenant, flag, show }: Context): Promise<number> {
  const range = oneOf(flag('range') ?? '24h', ReportRange.options, '--range')
  const params = { tenant: await tenant() }
  const found = await call(getReport, { params, query: { range } })
  show(found, () => reportText(found))
  return found.lost > 0 ? 1 : 0
}

function reportText({ totals, lost, delay, senders, reasons }: Report): string {
  return [
    facts([
      ...reportOutcomes.map((name) => [name, String(totals[name])] as const),
      ['lost', String(lost)],
      ['half within', `${delay.p50Ms ?? '-'} ms`],
      ['95 % within', `${delay.p95Ms ?? '-'} ms`],
    ]),
    table(
      ['SENDER', 'MESSAGES', 'REFUSED'],
      senders.map(({ name, count, refused }) => [name, String(count), String(refused)]),
      'Nobody wrote.',
    ),
    table(
      ['REASON', 'OUTCOME', 'MESSAGES'],
      reasons.map(({ means, status, count }) => [means, status, String(count)]),
      'Nothing was refused, deferred or held.',
    ),
  ].join('\n')
}
