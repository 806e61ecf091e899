// `acceptance`, `shares`: the acceptance test with its reports, and links that show a step to a colleague.
import {
  type AcceptanceReport,
  getAcceptance,
  listAcceptance,
  startAcceptance,
} from '@gatepost/contract/acceptance.ts'
import { stepNames } from '@gatepost/contract/connect.ts'
import { createShare, listShares, removeShare } from '@gatepost/contract/share.ts'
import { type Command, type Context, command, numberOf, oneOf } from '../command.ts'
import { facts, table } from '../layout.ts'
import { timeOf } from '../words.ts'

/** A run takes seconds, and minutes where hosts are slow. */
const ASK_AGAIN_MS = 1_000

export const acceptanceCommands: readonly Command[] = [
  command({
    path: 'acceptance run',
    flags: [{ name: 'recipient', value: 'ADDRESS', means: 'Mailbox of one’s own for a test message.' }],
    means: 'Runs the acceptance test and shows its report. Exit code 1 when a check failed.',
    run: async (context) => {
      const { call, tenant, flag, clock } = context
      const params = { tenant: await tenant() }
      let report = await call(startAcceptance, { params, body: { recipient: flag('recipient') ?? '' } })
      while (report.state === 'running') {
        await clock.sleep(ASK_AGAIN_MS)
        report = await call(getAcceptance, { params: { ...params, report: report.id } })
      }
      return showReport(report, context)
    },
  }),
  command({
    path: 'acceptance list',
    means: 'Reports of the acceptance test, newest first.',
    run: async ({ call, tenant, show }) => {
      const { items } = await call(listAcceptance, { params: { tenant: await tenant() } })
      show(items, () =>
        table(
          ['Report', 'Started', 'By', 'Passed', 'Failed', 'Warnings', 'Open'],
          items.map((row) => [
            row.id,
            timeOf(row.startedAt),
            row.askedBy,
            ...[row.passed, row.failed, row.warnings, row.open].map(String),
          ]),
          'There is no report yet. Make one with: gatepost acceptance run',
        ),
      )
      return 0
    },
  }),
  command({
    path: 'acceptance show',
    args: ['REPORT'],
    means: 'One report of the acceptance test. Exit code 1 when a check failed.',
    run: async (context) => {
      const params = { tenant: await context.tenant(), report: context.arg(0) }
      return showReport(await context.call(getAcceptance, { params }), context)
    },
  }),
  command({
    path: 'shares list',
    means: 'Links that show a step to colleagues, with who used them last.',
    run: async ({ call, tenant, show }) => {
      const { items } = await call(listShares, { params: { tenant: await tenant() } })
      show(items, () =>
        table(
          ['Link', 'Shows', 'Domain', 'By', 'Until', 'Used'],
          items.map((row) => [
            row.id,
            row.title,
            row.domain ?? 'all',
            row.createdBy,
            timeOf(row.expiresAt),
            row.lastUsedAt === null ? 'never' : `${row.uses}, last ${timeOf(row.lastUsedAt)}`,
          ]),
          'No link is open. Make one with: gatepost shares add STEP',
        ),
      )
      return 0
    },
  }),
  command({
    path: 'shares add',
    args: ['STEP'],
    flags: [
      { name: 'domain', value: 'DOMAIN', means: 'Shows this domain alone.' },
      { name: 'days', value: 'N', means: 'Works for so many days (7, up to 30).' },
      { name: 'note', value: 'TEXT', means: 'A word to go with it.' },
      { name: 'mail-to', value: 'ADDRESS', means: 'Mails the link instead of showing it.' },
    ],
    means: 'Makes a read-only link to a step of Connect and prints it, this once.',
    run: addShare,
  }),
  command({
    path: 'shares remove',
    args: ['LINK'],
    means: 'Takes a link back; it shows nothing from then on.',
    run: async ({ call, tenant, arg, show }) => {
      await call(removeShare, { params: { tenant: await tenant(), share: arg(0) } })
      show({ removed: arg(0) }, () => 'The link shows nothing any more.\n')
      return 0
    },
  }),
]

async function addShare({ call, tenant, arg, flag, show }: Context): Promise<number> {
  const made = await call(createShare, {
    params: { tenant: await tenant() },
    body: {
      step: oneOf(arg(0), stepNames, 'STEP'),
      domain: flag('domain') ?? null,
      days: numberOf(flag('days') ?? '7', '--days'),
      note: flag('note') ?? '',
      mailTo: flag('mail-to') ?? null,
    },
  })
  show(made, () =>
    made.link === null
      ? `Mailed to ${made.share.mailedTo}.\n`
      : `${made.link}\nShown this once. It works until ${timeOf(made.share.expiresAt)}.\n`,
  )
  return 0
}

function showReport(report: AcceptanceReport, { show }: Context): number {
  show(report, () =>
    [
      facts([
        ['Organisation', report.organisation],
        ['Started', timeOf(report.startedAt)],
        ['Asked by', report.askedBy],
        ['Gatepost', `${report.version} on ${report.hostname}`],
      ]),
      table(
        ['State', 'Check', 'Saw', 'What to do'],
        report.probes.map(({ state, title, saw, remedy }) => [state, title, saw, remedy ?? '']),
        'Nothing was tested.',
      ),
    ].join('\n'),
  )
  return report.probes.some(({ state }) => state === 'failed') ? 1 : 0
}
