// `audit`: every change of an organisation or of the installation, read and exported; there is no way to
// edit.
import {
  type AuditEntry,
  type AuditFilter,
  AuditOutcome,
  exportAudit,
  exportSystemAudit,
  listAudit,
  listSystemAudit,
} from '@gatepost/contract/audit.ts'
import { type Command, type Context, command, type Flag, numberOf, oneOf, UsageError } from '../command.ts'
import { table } from '../layout.ts'
import { timeOf } from '../words.ts'

const FILTERS: readonly Flag[] = [
  { name: 'who', value: 'ID', means: 'Entries of this person or token; `operator` or `system` for theirs.' },
  { name: 'action', value: 'ACTION', means: '`domain.added`, or `domain.` for all of domains.' },
  { name: 'address', value: 'ADDRESS', means: 'Entries from this address.' },
  { name: 'outcome', value: 'OUTCOME', means: `One of ${AuditOutcome.options.join(', ')}.` },
  { name: 'since', value: 'TIME', means: 'From then on, such as 2026-11-22 or 2026-11-22T08:00Z.' },
  { name: 'until', value: 'TIME', means: 'Up to then.' },
  { name: 'search', value: 'TEXT', means: 'Text in actor, subject, before or after.' },
  { name: 'system', value: null, means: 'The log of the installation itself.' },
]

export const auditCommands: readonly Command[] = [
  command({
    path: 'audit list',
    flags: [
      ...FILTERS,
      { name: 'changes', value: null, means: 'With what was before and after.' },
      { name: 'limit', value: 'N', means: 'At most so many entries (50, up to 500).' },
      { name: 'after', value: 'ID', means: 'Entries older than this one.' },
    ],
    means: 'Every change: who, when, from where, what. Newest first.',
    run: list,
  }),
  command({
    path: 'audit export',
    flags: FILTERS,
    means: 'The same as CSV, every column; the export is noted in the log.',
    run: exportLog,
  }),
]

async function list(context: Context): Promise<number> {
  const { again, call, tenant, flag, isSet, show } = context
  const after = flag('after')
  const limit = numberOf(flag('limit') ?? '50', '--limit')
  const query = { ...filterOf(context), limit, ...(after === undefined ? {} : { after }) }
  const page = isSet('system')
    ? await call(listSystemAudit, { query })
    : await call(listAudit, { params: { tenant: await tenant() }, query })
  const empty = page.searchedTo === null ? 'Nothing was changed yet.' : 'No entry with these words so far.'
  show(page, () =>
    [
      table(['When', 'Who', 'From', 'What', 'On'], page.items.map(cellsOf), empty),
      ...(isSet('changes') ? page.items.map(changeText) : []),
      ...(page.searchedTo === null
        ? []
        : [`Searched back to ${timeOf(page.searchedTo)}; there are older entries.\n`]),
      ...(page.next === null ? [] : [`Older entries: ${again(page.next)}\n`]),
    ].join(''),
  )
  return 0
}

async function exportLog(context: Context): Promise<number> {
  const { call, tenant, isSet, show } = context
  const query = filterOf(context)
  const parts = isSet('system')
    ? await call(exportSystemAudit, { query })
    : await call(exportAudit, { params: { tenant: await tenant() }, query })
  let csv = ''
  for await (const part of parts) csv += part
  show({ csv }, () => csv)
  return 0
}

function cellsOf({ at, actor, asOperator, from, action, outcome, subject }: AuditEntry): string[] {
  const who = asOperator ? `${actor} (operator)` : actor
  return [timeOf(at), who, from, outcome === 'done' ? action : `${action} (refused)`, subject]
}

function changeText({ id, before, after }: AuditEntry): string {
  if (before === null && after === null) return ''
  return `${id}\n  before ${JSON.stringify(before)}\n  after  ${JSON.stringify(after)}\n`
}

function filterOf({ flag }: Context): AuditFilter {
  const outcome = flag('outcome')
  const given = {
    who: flag('who'),
    action: flag('action'),
    address: flag('address'),
    outcome: outcome === undefined ? undefined : oneOf(outcome, AuditOutcome.options, '--outcome'),
    since: instantOf(flag('since'), '--since'),
    until: instantOf(flag('until'), '--until'),
    search: flag('search'),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function instantOf(text: string | undefined, what: string): number | undefined {
  if (text === undefined) return undefined
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw new UsageError(`${what}: “${text}” is not a time; write 2026-11-22T08:00Z`)
  return at
}
