// What can be said of content of which only the beginning was looked into: findings count, but a file that is
// cut cannot be read for that reason alone, and of whatever came behind only names and first octets are
// known.
import type { AttachmentFinding } from '#policy/facts.ts'
import type { Inspection } from './inspect.ts'

const BEHIND = 'what stands behind the first 16 MB of this large message, but for names and first octets'

/** The virus policy decides about what was not looked into; the attachment policy about what was seen. */
export function beginningOnly(inspection: Inspection, behind: readonly AttachmentFinding[]): Inspection {
  const { attachments, unchecked } = inspection
  const seen = attachments.findings.filter(({ class: found }) => found !== 'unreadable')
  return {
    ...inspection,
    attachments: { ...attachments, findings: [...seen, ...behind] },
    unchecked: [...unchecked, BEHIND],
  }
}
