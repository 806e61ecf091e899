// What a file's name alone gives away: types that run, extensions behind extensions, letters that turn the
// direction of writing, two names for one file (abuse case 22).
import { extensionOf } from '@gatepost/mail/file-name.ts'
import type { AttachmentClass } from '#policy/facts.ts'
import { isDangerousExtension, isHarmlessExtension, isMacroExtension } from './file-types.ts'

export type NameFinding = { readonly class: AttachmentClass; readonly saw: string }

const TURNED = /\[U\+(?:061C|200E|200F|202[A-E]|206[6-9])\]/
/** So many spaces push the extension out of sight. */
const GAP = /\s{10}\S*\.[^\s.]+$/

/** The findings of one file; more than one name are those that its fields give. */
export function nameFindings(names: readonly string[]): readonly NameFinding[] {
  const findings: NameFinding[] = []
  for (const name of names) {
    const extension = extensionOf(name)
    if (isDangerousExtension(extension))
      findings.push({ class: 'dangerous', saw: `a file of type ${extension}` })
    else if (isMacroExtension(extension))
      findings.push({ class: 'macro', saw: `a document of type ${extension}` })
    const trick = trickOf(name, extension)
    if (trick !== null) findings.push({ class: 'disguised', saw: trick })
  }
  if (names.length > 1 && new Set(names.map(extensionOf)).size > 1) {
    findings.push({ class: 'disguised', saw: `it has several names: ${names.slice(0, 3).join(', ')}` })
  }
  return findings
}

function trickOf(name: string, extension: string): string | null {
  if (TURNED.test(name)) return 'its name turns the direction of writing'
  if (!isDangerousExtension(extension)) return null
  if (GAP.test(name)) return 'its name hides the extension behind spaces'
  const before = extensionOf(name.slice(0, name.lastIndexOf('.')))
  return isHarmlessExtension(before) ? `it passes for a file of type ${before}` : null
}
