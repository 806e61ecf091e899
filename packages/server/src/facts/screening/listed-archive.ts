// Archives of which only the list of files is read: who asks learns names, sizes and what is encrypted. Their
// content is packed in ways that nobody here unpacks, and is told as not looked into.
import type { AttachmentClass } from '#policy/facts.ts'
import { listCabinet } from './cabinet.ts'
import type { ListedFormat } from './file-types.ts'
import type { Listing, ListLimits } from './listing.ts'
import { listRar } from './rar.ts'
import { listSevenZip } from './seven-zip.ts'

const LISTS = { rar: listRar, '7z': listSevenZip, cab: listCabinet } as const
const WHAT = { rar: 'RAR archive', '7z': '7z archive', cab: 'Windows cabinet' } as const

/** The files of an archive, as far as its list can be read. Never throws. */
export function listArchive(format: ListedFormat, octets: Uint8Array, limits: ListLimits): Listing {
  return LISTS[format](octets, limits)
}

type ListFinding = { readonly class: AttachmentClass; readonly saw: string }

/** What the archive as a whole is told as: encrypted, or not looked into, or both. */
export function listFindings(format: ListedFormat, { members, fault }: Listing): readonly ListFinding[] {
  const what = WHAT[format]
  if (fault === 'encrypted-list') {
    return [{ class: 'encrypted', saw: `an encrypted ${what}; not even its names can be read` }]
  }
  const files = members.filter(({ isFolder }) => !isFolder)
  const closed = files.filter(({ isEncrypted }) => isEncrypted).length
  const findings: ListFinding[] = []
  if (closed > 0) findings.push({ class: 'encrypted', saw: `an encrypted ${what}` })
  if (fault === null && closed > 0 && closed === files.length) return findings
  const known = fault === 'too-many' ? `more than ${files.length}` : String(files.length)
  const saw =
    fault === null || fault === 'too-many'
      ? `a ${what}: ${known} ${files.length === 1 ? 'file is' : 'files are'} known by name alone`
      : `a ${what}, not looked into: ${WHY[fault]}`
  return [...findings, { class: 'unreadable', saw }]
}

const WHY = {
  broken: 'it is broken',
  'large-list': 'its list of files is longer than is read',
  'packed-list': 'its list of files is packed in a way that is not read',
} as const
