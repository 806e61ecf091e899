// Malware that a report says was refused on its way out: calculation alone, for the thread that stores
// reports.
import type { Report } from '#link/reports.ts'

/** One sender in one batch of reports. */
export type InfectedNote = {
  readonly tenantId: string
  /** The author, else the address that the mail came from. */
  readonly identity: string
  /** Unix milliseconds. */
  readonly at: number
  readonly count: number
  /** What the scanner found. */
  readonly what: string
}

const WHAT_MAX = 200

/** Null for all other reports. */
export function infectedIn(report: Report): InfectedNote | null {
  if (report.kind !== 'refused' || report.direction !== 'outbound' || report.tenantId === null) return null
  const step = report.explanation.find(
    ({ because, kind }) => because === 'virus-refused' && kind === 'reject',
  )
  if (step === undefined) return null
  const { tenantId, at, count, author, reversePath, client } = report
  return {
    tenantId,
    identity: author ?? reversePath ?? client.ip,
    at,
    count,
    what: step.saw.slice(0, WHAT_MAX),
  }
}
