// A report as CSV: one table below the other, each row with the name of its figure in front.
import { type Report, reportOutcomes } from '@gatepost/contract/report.ts'
import { BYTE_ORDER_MARK, csvLine } from '../csv-write.ts'

/** Lines of the report; times are UTC (ISO 8601), delays milliseconds. */
export async function* reportCsv(report: Report): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(['figure', 'name', ...reportOutcomes])
  for (const bar of report.series) {
    yield csvLine([report.step, new Date(bar.at).toISOString(), ...reportOutcomes.map((name) => bar[name])])
  }
  yield csvLine(['total', report.range, ...reportOutcomes.map((name) => report.totals[name])])
  yield csvLine(['lost', '', report.lost])
  yield csvLine(['delay', 'half within ms', report.delay.p50Ms])
  yield csvLine(['delay', '95 % within ms', report.delay.p95Ms])
  for (const { band, count } of report.delay.bands) yield csvLine(['delay', band, count])
  for (const { name, count, refused } of report.senders) yield csvLine(['sender', name, count, refused])
  for (const { name, count, refused } of report.people) yield csvLine(['person', name, count, refused])
  for (const { means, status, count } of report.reasons) yield csvLine(['reason', means, count, status])
}
