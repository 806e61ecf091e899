// Content at rest: cut into segments, each compressed and sealed with AES-256-GCM under a key of the tenant.
// A digest that names content is keyed too, so that it tells nothing across tenants.
import { createCipheriv, createDecipheriv, createHmac, type Hmac, hkdfSync, randomBytes } from 'node:crypto'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/**
 * All follow from the one secret of the tenant's archive: for content, its address, and the chain of records.
 */
export type ArchiveKeys = { readonly seal: Buffer; readonly address: Buffer; readonly chain: Buffer }

/** The content was changed, cut short, or belongs to another archive. */
export class ContentSpoiled extends Error {}

const MAGIC = Buffer.from('GPA1')
const SALT_BYTES = 16
const TAG_BYTES = 16
const NONCE_BYTES = 12
const KEY_BYTES = 32
/** Octets of plain text in a segment: a large message is read and checked without being held whole. */
export const SEGMENT_BYTES = 1_048_576
/** A segment that does not get smaller grows by some octets a block. */
const SEALED_MAX = SEGMENT_BYTES + 65_536
/** Set in the length of the last segment: a cut file is found. */
const LAST = 0x8000_0000

export function archiveKeys(secret: Uint8Array): ArchiveKeys {
  const derived = (info: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', info, KEY_BYTES))
  return {
    seal: derived('gatepost archive content'),
    address: derived('gatepost archive address'),
    chain: derived('gatepost archive chain'),
  }
}

/** Names content: HMAC-SHA-256 over its plain octets, in hex. */
export function addressOf(keys: ArchiveKeys, content: Uint8Array): string {
  return createHmac('sha256', keys.address).update(content).digest('hex')
}

/** Seals content as it comes; `end` tells its address. */
export class Sealer {
  readonly #key: Buffer
  readonly #hmac: Hmac
  readonly #salt = freshSalt()
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #count = 0

  constructor(keys: ArchiveKeys) {
    this.#key = fileKey(keys, this.#salt)
    this.#hmac = createHmac('sha256', keys.address)
  }

  /** Returns what may be written now. */
  update(chunk: Uint8Array): Uint8Array[] {
    this.#hmac.update(chunk)
    this.#waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    this.#waitingBytes += chunk.length
    if (this.#waitingBytes <= SEGMENT_BYTES) return []
    let rest = Buffer.concat(this.#waiting)
    const sealed: Uint8Array[] = []
    while (rest.length > SEGMENT_BYTES) {
      sealed.push(...this.#segment(rest.subarray(0, SEGMENT_BYTES), false))
      rest = rest.subarray(SEGMENT_BYTES)
    }
    this.#waiting = [Buffer.from(rest)]
    this.#waitingBytes = rest.length
    return sealed
  }

  end(): { readonly parts: Uint8Array[]; readonly address: string } {
    const parts = this.#segment(Buffer.concat(this.#waiting), true)
    return { parts, address: this.#hmac.digest('hex') }
  }

  #segment(plain: Buffer, isLast: boolean): Uint8Array[] {
    const head = this.#count === 0 ? [MAGIC, this.#salt] : []
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(this.#count))
    cipher.setAAD(associated(this.#count, isLast))
    const text = Buffer.concat([cipher.update(zstdCompressSync(plain)), cipher.final(), cipher.getAuthTag()])
    const length = Buffer.alloc(4)
    length.writeUInt32BE((text.length | (isLast ? LAST : 0)) >>> 0)
    this.#count += 1
    return [...head, length, text]
  }
}

/** Opens sealed octets segment by segment. Throws `ContentSpoiled` before anything changed comes out. */
export async function* openSealed(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  keys: ArchiveKeys,
): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  let key: Buffer | null = null
  let count = 0
  let isDone = false
  for await (const chunk of source) {
    if (isDone) throw new ContentSpoiled('something was added behind the content')
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
    if (key === null) {
      if (rest.length < MAGIC.length + SALT_BYTES) continue
      if (!rest.subarray(0, MAGIC.length).equals(MAGIC)) throw new ContentSpoiled('no sealed content')
      key = fileKey(keys, rest.subarray(MAGIC.length, MAGIC.length + SALT_BYTES))
      rest = rest.subarray(MAGIC.length + SALT_BYTES)
    }
    while (rest.length >= 4) {
      const head = rest.readUInt32BE(0)
      const isLast = head >= LAST
      const length = isLast ? head - LAST : head
      if (length < TAG_BYTES || length > SEALED_MAX) throw new ContentSpoiled('a length is wrong')
      if (rest.length < 4 + length) break
      yield openSegment(key, rest.subarray(4, 4 + length), { count, isLast })
      rest = rest.subarray(4 + length)
      count += 1
      isDone = isLast
      if (isLast && rest.length > 0) throw new ContentSpoiled('something was added behind the content')
    }
  }
  if (!isDone) throw new ContentSpoiled('the content is cut short')
}

/** The first octets of content, without reading more than is needed. */
export async function readStart(
  source: AsyncIterable<Uint8Array>,
  keys: ArchiveKeys,
  octetsMax: number,
): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of openSealed(source, keys)) {
    parts.push(part)
    size += part.length
    if (size >= octetsMax) break
  }
  return Buffer.concat(parts).subarray(0, octetsMax)
}

function openSegment(
  key: Buffer,
  sealed: Buffer,
  { count, isLast }: { readonly count: number; readonly isLast: boolean },
): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(count))
    decipher.setAAD(associated(count, isLast))
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
    const text = sealed.subarray(0, sealed.length - TAG_BYTES)
    const packed = Buffer.concat([decipher.update(text), decipher.final()])
    return zstdDecompressSync(packed, { maxOutputLength: SEGMENT_BYTES })
  } catch (error) {
    throw new ContentSpoiled('the seal of a segment is broken', { cause: error })
  }
}

let salts = Buffer.alloc(0)
/** Salts asked for at once: each question to the system costs as much as sealing a kilobyte. */
const SALTS_AT_ONCE = 256

function freshSalt(): Buffer {
  if (salts.length === 0) salts = randomBytes(SALT_BYTES * SALTS_AT_ONCE)
  const salt = salts.subarray(0, SALT_BYTES)
  salts = salts.subarray(SALT_BYTES)
  return salt
}

/** A key for each file: its nonces may then simply count. */
function fileKey(keys: ArchiveKeys, salt: Uint8Array): Buffer {
  return createHmac('sha256', keys.seal).update(salt).digest()
}

function nonceOf(count: number): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES)
  nonce.writeUInt32BE(count, NONCE_BYTES - 4)
  return nonce
}

function associated(count: number, isLast: boolean): Buffer {
  const text = Buffer.alloc(5)
  text.writeUInt32BE(count)
  text[4] = isLast ? 1 : 0
  return text
}
