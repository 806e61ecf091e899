// `archive`: what is kept, searching and taking it out, holds, and whether anything is missing or was
// changed.
import {
  ArchiveFlag,
  type ArchiveItem,
  type ArchiveQuery,
  exportFormats,
  getArchived,
  listArchiveExports,
  searchArchive,
  startArchiveExport,
} from '@gatepost/contract/archive.ts'
import {
  type ArchiveCheck,
  type ArchiveView,
  addArchiveHold,
  endArchiveHold,
  getArchive,
  listArchiveChecks,
  listArchiveHolds,
  reconcileArchive,
  setArchive,
  verifyArchive,
} from '@gatepost/contract/archive-settings.ts'
import type { BodyIn } from '@gatepost/contract/endpoint.ts'
import { type Command, type Context, command, type Flag, numberOf, oneOf, UsageError } from '../command.ts'
import { facts, table } from '../layout.ts'
import { countOf, plural, sizeOf, timeOf } from '../words.ts'

const FILTERS: readonly Flag[] = [
  { name: 'person', value: 'WHO', means: 'An address, a domain as @acme.example, or part of a name.' },
  { name: 'from', value: 'DAY', means: 'Written on this day (UTC) or later: 2026-11-22.' },
  { name: 'to', value: 'DAY', means: 'Written on this day or earlier.' },
  { name: 'attachment', value: 'NAME', means: 'Words of the name of an attachment.' },
  { name: 'flag', value: 'FLAG', means: `One of: ${ArchiveFlag.options.join(', ')}.` },
]
const REASON: Flag = {
  name: 'reason',
  value: 'TEXT',
  means: 'Why; needed where the organisation asks for it.',
}
const LIMIT: Flag = { name: 'limit', value: 'N', means: 'At most so many messages (25, up to 100).' }
const DAY_MS = 86_400_000
const POLL_MS = 500

export const archiveCommands: readonly Command[] = [
  command({
    path: 'archive show',
    means: 'Whether mail is archived, for how long, the journal addresses, and how much there is.',
    run: (context) => view(context, null),
  }),
  switching('archive on', 'Archives mail that passes from now on.', { enabled: true }),
  switching('archive off', 'Archives nothing more; what is there stays.', { enabled: false }),
  switching('archive journal on', 'Takes journal reports of the mail host.', { journalEnabled: true }),
  switching('archive journal off', 'Takes no journal reports any more.', { journalEnabled: false }),
  switching('archive journal renew', 'Makes new journal addresses; the old ones end.', {
    renewAddresses: true,
  }),
  command({
    path: 'archive keep',
    args: ['DAYS'],
    means: 'Keeps entries for so many days; DAYS may be “forever”.',
    run: (context) => {
      const [days] = [context.arg(0)]
      return view(context, { days: days === 'forever' ? null : numberOf(days, 'DAYS') })
    },
  }),
  command({
    path: 'archive search',
    args: ['WORDS'],
    flags: [...FILTERS, REASON, LIMIT],
    means: 'Archived messages that fit, the latest first. WORDS may be "" where a filter is given.',
    run: search,
  }),
  command({
    path: 'archive message',
    args: ['ID'],
    flags: [REASON],
    means: 'One archived message: its people, origins and text.',
    run: message,
  }),
  command({
    path: 'archive export',
    args: ['WORDS'],
    flags: [...FILTERS, REASON, { name: 'format', value: 'FORMAT', means: 'zip or mbox (zip).' }],
    means: 'Begins to write what fits to a file; see: gatepost archive exports.',
    run: exportFound,
  }),
  command({ path: 'archive exports', means: 'Exports with their progress.', run: exportList }),
  command({ path: 'archive holds', means: 'Legal holds.', run: holdList }),
  command({
    path: 'archive hold',
    args: ['NAME'],
    flags: [
      ...FILTERS,
      { name: 'words', value: 'WORDS', means: 'Words of subject, text or attachments.' },
      { name: 'reason', value: 'TEXT', means: 'Why. Needed.' },
    ],
    means: 'Keeps everything that fits until the hold ends.',
    run: hold,
  }),
  command({ path: 'archive release', args: ['ID'], means: 'Ends a hold.', run: release }),
  command({
    path: 'archive days',
    flags: [{ name: 'days', value: 'N', means: 'So many days back (14).' }],
    means: 'Gateway against journal, day by day.',
    run: days,
  }),
  command({
    path: 'archive verify',
    means: 'Reads every record and content again; ends with 1 when something is missing or was changed.',
    run: verify,
  }),
]

function switching(path: string, means: string, body: BodyIn<typeof setArchive>): Command {
  return command({ path, means, run: (context) => view(context, body) })
}

async function view(
  { call, tenant, show }: Context,
  body: BodyIn<typeof setArchive> | null,
): Promise<number> {
  const params = { tenant: await tenant() }
  const now = body === null ? await call(getArchive, { params }) : await call(setArchive, { params, body })
  show(now, () => viewText(now))
  return 0
}

function queryOf({ flag }: Pick<Context, 'flag'>, text: string): ArchiveQuery {
  const day = (name: string): number | undefined => {
    const value = flag(name)
    if (value === undefined) return undefined
    const at = Date.parse(`${value}T00:00:00Z`)
    if (Number.isNaN(at)) throw new UsageError(`--${name}: expected a day such as 2026-11-22`)
    return at
  }
  const [after, to, person, attachment, asked] = [
    day('from'),
    day('to'),
    flag('person'),
    flag('attachment'),
    flag('flag'),
  ]
  return {
    ...(text === '' ? {} : { text }),
    ...(after === undefined ? {} : { after }),
    ...(to === undefined ? {} : { before: to + DAY_MS }),
    ...(person === undefined ? {} : { person }),
    ...(attachment === undefined ? {} : { attachment }),
    ...(asked === undefined ? {} : { flag: oneOf(asked, ArchiveFlag.options, '--flag') }),
  }
}

async function search(context: Context): Promise<number> {
  const { call, arg, flag, show } = context
  const limit = flag('limit')
  const reason = flag('reason')
  const query = {
    ...queryOf(context, arg(0)),
    ...(limit === undefined ? {} : { limit: numberOf(limit, '--limit') }),
    ...(reason === undefined ? {} : { reason }),
  }
  const found = await call(searchArchive, { params: { tenant: await context.tenant() }, query })
  show(found, () => listText(found.items, found.next !== null))
  return 0
}

function listText(items: readonly ArchiveItem[], hasMore: boolean): string {
  const rows = items.map((row) => [
    row.id,
    timeOf(row.at),
    row.author ?? '',
    row.recipients.join(', ') + (row.recipientCount > row.recipients.length ? ', …' : ''),
    row.subject,
    row.flags.join(' '),
  ])
  const list = table(['Id', 'Written', 'From', 'To', 'Subject', 'Flags'], rows, 'Nothing fits.\n')
  return hasMore ? `${list}There is more: narrow the search, or raise --limit.\n` : list
}

async function message({ call, tenant, arg, flag, show }: Context): Promise<number> {
  const params = { tenant: await tenant(), archived: arg(0) }
  const found = await call(getArchived, { params, query: { reason: flag('reason') } })
  show(found, () =>
    [
      facts([
        ['Subject', found.subject],
        ['From', found.author],
        ['Written', timeOf(found.at)],
        ['Came by', found.copies.map(({ source }) => source).join(', ')],
        ['Flags', found.flags.join(', ') || null],
        ['Fault', found.fault],
        ['Attachments', found.parts.map(({ name }) => name).join(', ') || null],
        ['Holds', found.holds.join(', ') || null],
        ['Digest', found.digest],
      ]),
      table(
        ['As', 'Address', 'List', 'Forwarded by'],
        found.people.map((one) => [one.as, one.address, one.expandedFrom ?? '', one.forwardedFrom ?? '']),
        '',
      ),
      found.text === null ? '' : `\n${found.text}\n`,
    ].join(''),
  )
  return 0
}

async function exportFound(context: Context): Promise<number> {
  const { call, arg, flag, show } = context
  const reason = flag('reason')
  const format = oneOf(flag('format') ?? 'zip', exportFormats, '--format')
  const body = { format, query: queryOf(context, arg(0)), ...(reason === undefined ? {} : { reason }) }
  const begun = await call(startArchiveExport, { params: { tenant: await context.tenant() }, body })
  show(
    begun,
    () =>
      `Export ${begun.id} of ${plural(begun.total, 'message')} has begun. See: gatepost archive exports\n`,
  )
  return 0
}

async function exportList({ call, tenant, show }: Context): Promise<number> {
  const { items } = await call(listArchiveExports, { params: { tenant: await tenant() } })
  show(items, () =>
    table(
      ['Id', 'Format', 'State', 'Messages', 'Size', 'Asked', 'By'],
      items.map((row) => [
        row.id,
        row.format,
        row.error ?? row.state,
        `${countOf(row.done)} of ${countOf(row.total)}`,
        sizeOf(row.bytes),
        timeOf(row.createdAt),
        row.createdBy,
      ]),
      'There are no exports.\n',
    ),
  )
  return 0
}

async function holdList({ call, tenant, show }: Context): Promise<number> {
  const { items } = await call(listArchiveHolds, { params: { tenant: await tenant() } })
  show(items, () =>
    table(
      ['Id', 'Name', 'Holds', 'Why', 'Since', 'Ended'],
      items.map((row) => [
        row.id,
        row.name,
        JSON.stringify(row.query),
        row.reason,
        timeOf(row.createdAt),
        timeOf(row.endedAt),
      ]),
      'There are no holds.\n',
    ),
  )
  return 0
}

async function hold(context: Context): Promise<number> {
  const { call, arg, flag, show } = context
  const reason = flag('reason')
  if (reason === undefined) throw new UsageError('--reason is needed')
  const body = { name: arg(0), reason, query: queryOf(context, flag('words') ?? '') }
  const made = await call(addArchiveHold, { params: { tenant: await context.tenant() }, body })
  show(made, () => `The hold “${made.name}” (${made.id}) keeps what fits.\n`)
  return 0
}

async function release({ call, tenant, arg, show }: Context): Promise<number> {
  await call(endArchiveHold, { params: { tenant: await tenant(), archiveHold: arg(0) } })
  show({ ended: arg(0) }, () => `The hold ${arg(0)} has ended.\n`)
  return 0
}

async function days({ call, tenant, flag, show }: Context): Promise<number> {
  const query = { days: numberOf(flag('days') ?? '14', '--days') }
  const { items } = await call(reconcileArchive, { params: { tenant: await tenant() }, query })
  show(items, () =>
    table(
      ['Day', 'Gateway', 'Journal', 'Both', 'Never journalled', 'Never at the gateway', 'Internal'],
      items.map((row) => [
        row.day,
        ...[row.gateway, row.journal, row.both, row.onlyGateway, row.onlyJournal, row.internal].map(countOf),
      ]),
      'Nothing was archived in these days.\n',
    ),
  )
  return 0
}

async function verify({ call, tenant, show }: Context): Promise<number> {
  const params = { tenant: await tenant() }
  const { id } = await call(verifyArchive, { params })
  for (;;) {
    const { items } = await call(listArchiveChecks, { params })
    const check = items.find((one) => one.id === id)
    if (check !== undefined && check.state !== 'running') {
      show(check, () => checkText(check))
      return check.state === 'passed' ? 0 : 1
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

function checkText({ records, contents, octets, faults }: ArchiveCheck): string {
  const read = `${plural(records, 'record')} and ${plural(contents, 'content')} read, ${sizeOf(octets)}.\n`
  const { notes = [], wrong = [] } = Object.groupBy(faults, ({ kind }) =>
    kind === 'newer-than-backup' ? 'notes' : 'wrong',
  )
  const told = notes.map(({ saw }) => `${saw}\n`).join('')
  if (wrong.length === 0) return `${read}${told}Nothing is missing or changed.\n`
  const rows = wrong.map(({ kind, seq, id, saw }) => [kind, String(seq), id ?? '', saw])
  return read + told + table(['Fault', 'Record', 'Message', 'Saw'], rows, '')
}

function viewText({ enabled, days, journal, entries, octets, store, rules }: ArchiveView): string {
  return [
    facts([
      ['Archiving', enabled ? 'on' : 'off'],
      ['Kept', days === null ? 'for ever' : plural(days, 'day')],
      ['Messages', `${countOf(entries)}, ${sizeOf(octets)} before packing`],
      ['Store', store],
      ['Journaling', journal.enabled ? 'on' : 'off'],
      ['Journal address', journal.address],
      ['Alternate address', journal.alternateAddress],
      ['Last report', timeOf(journal.lastReportAt)],
      ['Silent', journal.isSilent ? 'yes' : null],
    ]),
    ...rules.map((rule) => `${rule.kind} ${rule.label}: ${plural(rule.days, 'day')}\n`),
  ].join('')
}
