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
  | 'gre'
  | 'pol'
  | 'grp'
  | 'svc'
  /** Directory connector, its runs, groups of users, agent. */
  | 'con'
  | 'run'
  | 'ugr'
  | 'agt'
  /** Role, API token, sign-in profile, identity provider, second factor. */
  | 'rol'
  | 'tok'
  | 'prf'
  | 'idp'
  | 'fac'
  /** SMTP credential, signing key, forwarding address, TLS partner. */
  | 'cre'
  | 'key'
  | 'fwd'
  | 'tls'
  /** Archive: entry, hold, export, look at itself. */
  | 'arc'
  | 'hld'
  | 'chk'
  /** Collection of contacts. */
  | 'ctr'
  /** Lesson about spam. */
  | 'les'
  /** Mail that somebody reported. */
  | 'rpt'
  /** Alert, word of it on its way. */
  | 'alr'
  | 'snd'
  /** Share link, acceptance report, export of an organisation, receipt, template. */
  | 'shr'
  | 'acc'
  | 'exp'
  | 'rcp'
  | 'tpl'

/** A new id such as `msg_06d9…`: UUIDv7 (48 bit of milliseconds, 74 bit random) in 26 base32 digits. */
export function newId(kind: IdKind, nowMs: number): string {
  if (poolAt === pool.length) {
    randomFillSync(pool)
    poolAt = 0
  }
  let at = 0
  for (; at < kind.length; at += 1) written[at] = kind.charCodeAt(at)
  written[at] = 95 // _
  at = writeNumber(Math.floor(nowMs / HALF_TIME), at + 1)
  at = writeNumber(nowMs % HALF_TIME, at)
  // Version 7 and the variant of RFC 9562 §5.7.
  pool[poolAt] = (pool[poolAt]! & 0x0f) | 0x70
  pool[poolAt + 2] = (pool[poolAt + 2]! & 0x3f) | 0x80
  at = writeBytes(poolAt, at)
  poolAt += RANDOM_BYTES
  return written.toString('latin1', 0, at)
}

/** Behind 48 bits of time. */
const RANDOM_BYTES = 10
/** Randomness is fetched for many ids at once: asking the system for each costs more than the id itself. */
const pool = Buffer.alloc(400 * RANDOM_BYTES)
let poolAt = pool.length
/** The id in the making: as a string put together it would be of 26 pieces, slow to read for ever after. */
const written = Buffer.alloc(40)
/** Five digits of five bits. */
const HALF_TIME = 2 ** 25
const CODES = Uint8Array.from(BASE32, (digit) => digit.charCodeAt(0))

/** Writes five digits; returns where to go on. */
function writeNumber(number: number, at: number): number {
  for (let digit = 4, rest = number; digit >= 0; digit -= 1, rest >>>= 5)
    written[at + digit] = CODES[rest & 31]!
  return at + 5
}

/** Writes the random bytes from `from` on. */
function writeBytes(from: number, at: number): number {
  let buffer = 0
  let bits = 0
  for (let byte = from; byte < from + RANDOM_BYTES; byte += 1) {
    buffer = ((buffer << 8) | pool[byte]!) & 0xfff
    for (bits += 8; bits >= 5; at += 1) {
      bits -= 5
      written[at] = CODES[(buffer >>> bits) & 31]!
    }
  }
  return at
}

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
