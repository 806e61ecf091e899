// Identifiers and secrets: time-sortable ids with a kind prefix, and random tokens (decisions 48, 50).
import { createHash, randomBytes, randomFillSync } from 'node:crypto'

const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz'

/** Kinds of ids; the prefix tells a reader what an id names. */
export type IdKind =
  | 'ten'
  | 'usr'
  | 'adm'
  | 'dom'
  | 'rte'
  | 'out'
  | 'msg'
  | 'ses'
  | 'imp'
  | 'opr'
  | 'ord'
  | 'aud'
  | 'rev'
  | 'prb'
  | 'rep'
  | 'act'

/** A new id such as `msg_06d9…`: UUIDv7 (48 bit of milliseconds, 74 bit random) in 26 base32 digits. */
export function newId(kind: IdKind, nowMs: number): string {
  if (poolAt === POOL_BYTES) {
    randomFillSync(pool)
    poolAt = 0
  }
  const bytes = pool.subarray(poolAt, poolAt + ID_BYTES)
  poolAt += ID_BYTES
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return `${kind}_${encodeBase32(bytes)}`
}

const ID_BYTES = 16
/** Randomness is fetched for many ids at once: asking the system for each costs more than the id itself. */
const POOL_BYTES = 256 * ID_BYTES
const pool = Buffer.alloc(POOL_BYTES)
let poolAt = POOL_BYTES

const DIGITS = 26
/** Two zero bits and the 48 of the time are ten digits; they fit a number. */
const TIME_DIGITS = 10
const VALUES = new Int8Array(128).fill(-1)
for (const [value, digit] of [...BASE32].entries()) VALUES[digit.charCodeAt(0)] = value

/** The milliseconds in which an id was made, or null when it is not one of ours. */
export function idTime(id: string): number | null {
  const start = id.indexOf('_') + 1
  if (id.length - start !== DIGITS) return null
  let time = 0
  for (let at = 0; at < DIGITS; at += 1) {
    const value = VALUES[id.charCodeAt(start + at)] ?? -1
    if (value < 0) return null
    if (at < TIME_DIGITS) time = time * 32 + value
  }
  return time
}

/** A secret of 256 bits in base64url, for links and sessions. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** How a secret is kept: SHA-256 in hex. Only for secrets with at least 128 bits of their own. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function encodeBase32(bytes: Uint8Array): string {
  let text = ''
  let buffer = 0
  let bits = 2 // 128 bits become 26 digits of 5: two zero bits lead.
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += BASE32[(buffer >>> bits) & 31]
    }
    buffer &= (1 << bits) - 1
  }
  return text
}
