// Lists Windows cabinets (MS-CAB §2) by their directory: names and sizes stand in clear behind the header.
import { decodeUtf8, toLatin1 } from '@gatepost/mail/bytes.ts'
import { LISTED_NAME_MAX, type ListedMember, type Listing, type ListLimits } from './listing.ts'

const HEADER_LENGTH = 36
const FILE_LENGTH = 16
/** MS-CAB §2.3: longer names are not allowed. */
const NAME_OCTETS_MAX = 257
const NAME_IS_UTF8 = 0x80

/** The files that the directory names. Never throws. */
export function listCabinet(octets: Uint8Array, limits: ListLimits): Listing {
  if (octets.length < HEADER_LENGTH || toLatin1(octets, 0, 4) !== 'MSCF') {
    return { members: [], fault: 'broken' }
  }
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const count = view.getUint16(28, true)
  const members: ListedMember[] = []
  for (let at = view.getUint32(16, true); members.length < count; ) {
    if (at + FILE_LENGTH > octets.length) return { members, fault: 'broken' }
    if (members.length >= limits.members) return { members, fault: 'too-many' }
    const from = at + FILE_LENGTH
    const end = octets.subarray(from, from + NAME_OCTETS_MAX).indexOf(0)
    if (end === -1) return { members, fault: 'broken' }
    const name = octets.subarray(from, from + end)
    const isUtf8 = (view.getUint16(at + 14, true) & NAME_IS_UTF8) !== 0
    members.push({
      name: (isUtf8 ? decodeUtf8(name) : toLatin1(name)).slice(-LISTED_NAME_MAX),
      size: view.getUint32(at, true),
      isEncrypted: false,
      isFolder: false,
    })
    at = from + end + 1
  }
  return { members, fault: null }
}
