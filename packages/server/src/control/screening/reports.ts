// Mail that people reported: what is noted of each report, how many a person may make a day, and the list of
// them for administrators.
import type { MailReport, ReportAddresses, ReportKind } from '@gatepost/contract/spam.ts'
import { newId } from '#platform/random.ts'
import { appendAudit } from '../audit/audit.ts'
import { validatedNames } from '../domain/store.ts'
import { Problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'
import { teachSpam } from './learn.ts'
import * as reports from './reports-store.ts'
import { dropOldest } from './store.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock'>

/** Reports of one person in a day: more is a rule at work, or somebody else with the account. */
export const REPORTS_A_DAY_MAX = 50
/** Reports kept of an organisation; the oldest leave. */
const REPORTS_MAX = 10_000
const DAY_MS = 86_400_000
const TEXT_MAX = 300

export type Noted = {
  readonly kind: ReportKind
  readonly way: 'letter' | 'portal'
  /** The address that the person's limit counts by. */
  readonly mailbox: string
  readonly letter?: string | undefined
  readonly messageId?: string | null | undefined
  readonly author: string | null
  readonly subject: string | null
  readonly lessonId?: string | null | undefined
  readonly blocked?: string | null | undefined
  readonly outcome: reports.ReportRow['outcome']
}

/** Notes a report, with a word in the audit log. */
export async function noteReport(scope: Scope, noted: Noted, { store, clock }: Deps): Promise<MailReport> {
  const at = clock.now()
  const row: reports.ReportRow = {
    tenant_id: scope.tenantId,
    id: newId('rpt', at),
    at,
    mailbox: noted.mailbox,
    reporter: scope.actor.name,
    kind: noted.kind,
    way: noted.way,
    letter: noted.letter ?? null,
    message_id: noted.messageId ?? null,
    author: noted.author?.slice(0, TEXT_MAX) ?? null,
    subject: noted.subject?.slice(0, TEXT_MAX) ?? null,
    lesson_id: noted.lessonId ?? null,
    blocked: noted.blocked ?? null,
    outcome: noted.outcome,
  }
  await store.transaction(async (trx) => {
    await reports.insertReport(trx, row)
    await dropOldest(trx, 'mail_report', { tenantId: scope.tenantId, keep: REPORTS_MAX })
    const { author, subject, kind, way, outcome } = row
    await appendAudit(trx, scope, {
      action: 'mail.reported',
      subject: row.message_id === null ? `report ${row.id}` : `message ${row.message_id}`,
      before: null,
      after: { kind, way, author, subject, outcome },
      at,
    })
  })
  return reportOf(row)
}

/** How many reports a person made today, and whether they were told that these are enough. */
export async function reportsToday(
  { tenantId }: Pick<Scope, 'tenantId'>,
  mailbox: string,
  { store, clock }: Deps,
): Promise<{ readonly left: number; readonly isTold: boolean }> {
  const outcomes = await reports.outcomesOf(store.db, { tenantId, mailbox, since: clock.now() - DAY_MS })
  const counted = outcomes.filter((outcome) => outcome !== 'limit' && outcome !== 'taken-back').length
  return { left: Math.max(0, REPORTS_A_DAY_MAX - counted), isTold: outcomes.includes('limit') }
}

/** A lesson of what was reported; null where the person or the day has taught enough. */
export async function learnReported(
  scope: Scope,
  reported: {
    readonly kind: ReportKind
    readonly content: Uint8Array
    readonly onlyWords?: true | undefined
    readonly reversePath?: string | null | undefined
  },
  deps: Deps,
): Promise<{ readonly id: string; readonly author: string | null; readonly subject: string | null } | null> {
  const { kind, ...rest } = reported
  const teaching = { ...rest, kind: kind === 'wanted' ? 'ham' : 'spam', origin: 'report' } as const
  return teachSpam(scope, teaching, deps).catch((error: unknown) => {
    if (error instanceof Problem && error.problemName === 'limit-reached') return null
    throw error
  })
}

export async function listMailReports(
  { tenantId }: Pick<Scope, 'tenantId'>,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  { store }: Pick<Deps, 'store'>,
): Promise<{ readonly items: MailReport[]; readonly next: string | null; readonly total: null }> {
  const rows = await reports.reportRows(store.db, { tenantId, limit: limit + 1, after: after ?? null })
  const items = rows.slice(0, limit)
  return { items: items.map(reportOf), next: rows.length > limit ? items.at(-1)!.id : null, total: null }
}

/** Where mail is forwarded to; `at` is below a domain of the organisation, else the gateway itself. */
export async function reportAddresses(
  { tenantId }: Pick<Scope, 'tenantId'>,
  { store, config }: Pick<ControlDeps, 'store' | 'config'>,
): Promise<ReportAddresses> {
  const [first] = [...(await validatedNames(store.db, tenantId))].sort(
    (one, other) => one.length - other.length,
  )
  const place = first === undefined ? config.hostname : `report.${first}`
  return { spam: `spam@${place}`, phish: `phish@${place}`, wanted: `notspam@${place}` }
}

function reportOf(row: reports.ReportRow): MailReport {
  const { id, at, kind, way, mailbox, reporter, author, subject, blocked, outcome } = row
  const common = { id, at, kind, way, mailbox, reporter, author, subject, blocked, outcome }
  return { ...common, messageId: row.message_id, lesson: row.lesson_id }
}
