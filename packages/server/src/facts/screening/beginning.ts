// What can be said of content of which only the beginning was looked into: findings count, but a file that is
// cut cannot be read for that reason alone, and whatever came behind was not looked into.
import type { Inspection } from './inspect.ts'

const BEHIND = 'what stands behind the first 16 MB of this large message'

/** The virus policy decides about what was not looked into; the attachment policy about what was seen. */
export function beginningOnly(inspection: Inspection): Inspection {
  const { attachments, unchecked } = inspection
  return {
    ...inspection,
    attachments: {
      ...attachments,
      findings: attachments.findings.filter(({ class: found }) => found !== 'unreadable'),
    },
    unchecked: [...unchecked, BEHIND],
  }
}
