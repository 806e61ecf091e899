// The name that a gzip file (RFC 1952 §2.3) gives what was packed in it.
import { toLatin1 } from '@gatepost/mail/bytes.ts'

const HAS_EXTRA = 4
const HAS_NAME = 8
const NAME_MAX = 1_024

/** The name of the file that was packed in gzip; null without one. */
export function nameInGzip(octets: Uint8Array): string | null {
  const flags = octets[3] ?? 0
  if ((flags & HAS_NAME) === 0) return null
  const extra = (flags & HAS_EXTRA) === 0 ? 0 : 2 + (octets[10] ?? 0) + (octets[11] ?? 0) * 256
  const from = 10 + extra
  const end = octets.subarray(from, from + NAME_MAX).indexOf(0)
  return end <= 0 ? null : toLatin1(octets, from, from + end)
}
