// The file that the check script of Exchange Online wrote.
import { HostReport } from '@gatepost/contract/host-check.ts'

/** Null for what is no report; a byte order mark is taken off by the browser. */
export function readReport(text: string): HostReport | null {
  try {
    const read = HostReport.safeParse(JSON.parse(text))
    return read.success ? read.data : null
  } catch {
    return null
  }
}
