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
  /** Ids of the keys, the sealing one first. */
  keyIds(): readonly string[]
  /** Reads the key file again. Throws `KeyFileRefused` and goes on with the keys it had. */
  refresh(): void
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
 * A value of an unknown key makes it look at the file again, so that keys are changed while all runs. Throws
 * `KeyFileRefused`.
 */
export function openSecretBox(path: string): SecretBox {
  return secretBoxOf(() => keysIn(path))
}

/**
 * Puts a new key in front of the file, which seals from the next refresh on. Returns its id. Throws
 * `KeyFileRefused` where the file cannot be written: then a line is put in front by hand.
 */
export function addMasterKey(path: string, note: string): string {
  const before = readText(path) ?? ''
  const bytes = randomBytes(KEY_BYTES)
  writeKeys(path, `# ${note}\n${bytes.toString('base64')}\n${before}`)
  return keyOf(bytes, path).id
}

/** Removes every key but the first from the file. Whatever is still sealed with one of them is lost. */
export function dropOldMasterKeys(path: string): readonly string[] {
  const [newest, ...old] = keysIn(path)
  writeKeys(path, `${newest!.bytes.toString('base64')}\n`)
  return old.map(({ id }) => id)
}

function writeKeys(path: string, text: string): void {
  try {
    replaceFile(path, text)
  } catch (error) {
    const why = (error as Error).message
    throw new KeyFileRefused(`${path}: cannot be written (${why}). Change the file by hand, then ask again.`)
  }
}

function keysIn(path: string): readonly Key[] {
  const lines = (readText(path) ?? '').split('\n').map((line) => line.trim())
  const keys = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => keyOf(Buffer.from(line, 'base64'), path))
  if (keys.length === 0)
    throw new KeyFileRefused(`${path}: holds no key. Restore the file from where you keep it.`)
  return keys
}

/** A box with a key of its own that is kept nowhere: for tests. */
export function createSecretBox(bytes: Buffer = randomBytes(KEY_BYTES)): SecretBox {
  return secretBoxOf(() => [keyOf(bytes, 'memory')])
}

function keyOf(bytes: Buffer, path: string): Key {
  if (bytes.length !== KEY_BYTES)
    throw new KeyFileRefused(`${path}: expected ${KEY_BYTES} bytes in base64 a line, got ${bytes.length}.`)
  return { id: createHash('sha256').update(bytes).digest('base64url').slice(0, 8), bytes }
}

function secretBoxOf(read: () => readonly Key[]): SecretBox {
  let keys = read()
  const find = (id: string): Key | undefined => keys.find((key) => key.id === id)
  const refresh = (): void => {
    keys = read()
  }
  return {
    refresh,
    keyIds: () => keys.map(({ id }) => id),
    seal(plain, place) {
      const newest = keys[0]!
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(ALGORITHM, newest.bytes, nonce).setAAD(boundTo(place))
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return [VERSION, newest.id, nonce.toString('base64url'), sealed.toString('base64url')].join('.')
    },
    open(text, place) {
      const [version, id = '', nonce = '', body = ''] = text.split('.')
      if (version === VERSION && !find(id)) refresh()
      const key = find(id)
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
    isOutdated: (text) => text.split('.')[1] !== keys[0]!.id,
  }
}

/** Lengths in front keep two places from reading alike. */
function boundTo({ tenantId, column, id }: SecretPlace): Buffer {
  return Buffer.from([tenantId, column, id].map((part) => `${part.length}:${part}`).join(''), 'utf8')
}
