// Secrets at rest: sealed with a key that stands outside the database, each bound to its place (decisions 35,
// A7).
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { fileExists, readText, replaceFile } from './files.ts'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const ALGORITHM = 'aes-256-gcm'
const VERSION = 'v1'

/** Where a secret stands: a sealed value opens in its own place only, so rows cannot be exchanged. */
export type SecretPlace = {
  /** The tenant, or `system`. */
  readonly tenantId: string
  /** Table and column, such as `connector.secret`. */
  readonly column: string
  /** The row. */
  readonly id: string
}

export type SecretBox = {
  /** `v1.KEY.NONCE.CIPHERTEXT`, fit for a text column or a snapshot. */
  seal(plain: string, place: SecretPlace): string
  /** Throws `SecretUnreadable` when the key is gone, the text was changed or it belongs elsewhere. */
  open(sealed: string, place: SecretPlace): string
  /** Whether a newer key exists than the one this was sealed with. */
  isOutdated(sealed: string): boolean
}

/** A sealed value cannot be opened. The message holds nothing of the secret. */
export class SecretUnreadable extends Error {}

/** The key file is there and cannot be used. The message says what to do. */
export class KeyFileRefused extends Error {}

type Key = { readonly id: string; readonly bytes: Buffer }

/** Makes the key file (0600, one key) where there is none. */
export function ensureMasterKey(path: string): void {
  if (!fileExists(path)) replaceFile(path, `${randomBytes(KEY_BYTES).toString('base64')}\n`)
}

/**
 * Reads the key file: a base64 key of 32 bytes a line, the newest first; older ones open what they sealed.
 * Throws `KeyFileRefused`.
 */
export function openSecretBox(path: string): SecretBox {
  const lines = (readText(path) ?? '').split('\n').map((line) => line.trim())
  const keys = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => keyOf(Buffer.from(line, 'base64'), path))
  const [newest] = keys
  if (newest === undefined)
    throw new KeyFileRefused(`${path}: holds no key. Restore the file from where you keep it.`)
  return secretBoxOf(newest, new Map(keys.map((key) => [key.id, key])))
}

/** A box with a key of its own that is kept nowhere: for tests. */
export function createSecretBox(bytes: Buffer = randomBytes(KEY_BYTES)): SecretBox {
  const key = keyOf(bytes, 'memory')
  return secretBoxOf(key, new Map([[key.id, key]]))
}

function keyOf(bytes: Buffer, path: string): Key {
  if (bytes.length !== KEY_BYTES)
    throw new KeyFileRefused(`${path}: expected ${KEY_BYTES} bytes in base64 a line, got ${bytes.length}.`)
  return { id: createHash('sha256').update(bytes).digest('base64url').slice(0, 8), bytes }
}

function secretBoxOf(newest: Key, keys: ReadonlyMap<string, Key>): SecretBox {
  return {
    seal(plain, place) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(ALGORITHM, newest.bytes, nonce).setAAD(boundTo(place))
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return [VERSION, newest.id, nonce.toString('base64url'), sealed.toString('base64url')].join('.')
    },
    open(text, place) {
      const [version, id = '', nonce = '', body = ''] = text.split('.')
      const key = keys.get(id)
      if (version !== VERSION || key === undefined)
        throw new SecretUnreadable(`A secret of ${place.column} was sealed with a key that is not here.`)
      try {
        const bytes = Buffer.from(body, 'base64url')
        const decipher = createDecipheriv(ALGORITHM, key.bytes, Buffer.from(nonce, 'base64url'))
        decipher.setAAD(boundTo(place)).setAuthTag(bytes.subarray(-TAG_BYTES))
        return decipher.update(bytes.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        throw new SecretUnreadable(`A secret of ${place.column} does not fit its place or was changed.`)
      }
    },
    isOutdated: (text) => text.split('.')[1] !== newest.id,
  }
}

/** Lengths in front keep two places from reading alike. */
function boundTo({ tenantId, column, id }: SecretPlace): Buffer {
  return Buffer.from([tenantId, column, id].map((part) => `${part.length}:${part}`).join(''), 'utf8')
}
