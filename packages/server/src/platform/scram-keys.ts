// SCRAM keys: what is kept of a service credential's password. RFC 5802 §3, RFC 7677; decisions 36.
import { createHash, createHmac, pbkdf2, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'

/** All base64. Neither the password nor a proof can be made from what is kept. */
export type ScramKeys = {
  readonly salt: string
  readonly iterations: number
  readonly storedKey: string
  readonly serverKey: string
}

/** RFC 7677 §4. Our passwords are random, so that more rounds would only cost the honest. */
export const SCRAM_ITERATIONS = 4_096
const SALT_BYTES = 16
const KEY_BYTES = 32
/** 32 digits of five bits: 160 bit. */
const PASSWORD_DIGITS = 32
/** Neither 0 nor o, neither 1 nor l: passwords are read aloud, too. */
const DIGITS = 'abcdefghijkmnpqrstuvwxyz23456789'

/** A password of 160 random bits that no keyboard layout garbles. */
export function newPassword(): string {
  return Array.from(randomBytes(PASSWORD_DIGITS), (byte) => DIGITS[byte & 31]).join('')
}

/** The keys of a password that is prepared already (ours are ASCII). */
export function scramKeysOf(password: string): ScramKeys {
  const salt = randomBytes(SALT_BYTES)
  const salted = pbkdf2Sync(password, salt, SCRAM_ITERATIONS, KEY_BYTES, 'sha256')
  return { salt: salt.toString('base64'), iterations: SCRAM_ITERATIONS, ...keysOf(salted) }
}

/** Keys of nobody: always the same for one name, so that an unknown name looks like a known one. */
export function keysOfNobody(username: string, secret: Uint8Array): ScramKeys {
  const made = createHmac('sha256', secret).update(username).digest()
  const never = randomBytes(KEY_BYTES).toString('base64')
  const salt = made.subarray(0, SALT_BYTES).toString('base64')
  return { salt, iterations: SCRAM_ITERATIONS, storedKey: never, serverKey: never }
}

/** Whether keys are those of a password; takes as long for right and wrong ones. */
export function isPasswordOf(keys: ScramKeys, password: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const salt = Buffer.from(keys.salt, 'base64')
    pbkdf2(password, salt, keys.iterations, KEY_BYTES, 'sha256', (error, salted) => {
      if (error) reject(error)
      else resolve(isSame(Buffer.from(keysOf(salted).storedKey, 'base64'), keys.storedKey))
    })
  })
}

/** The server's answer to a client's proof (RFC 5802 §3), or null when the proof is wrong. */
export function serverSignature(keys: ScramKeys, authMessage: string, proof: Uint8Array): string | null {
  const signature = createHmac('sha256', Buffer.from(keys.storedKey, 'base64')).update(authMessage).digest()
  if (proof.length !== signature.length) return null
  const clientKey = Buffer.from(signature.map((byte, at) => byte ^ proof[at]!))
  if (!isSame(createHash('sha256').update(clientKey).digest(), keys.storedKey)) return null
  const serverKey = Buffer.from(keys.serverKey, 'base64')
  return createHmac('sha256', serverKey).update(authMessage).digest('base64')
}

/** What a client proves itself with: for tests and our own client. */
export function clientProof(
  password: string,
  keys: Pick<ScramKeys, 'salt' | 'iterations'>,
  authMessage: string,
) {
  const salted = pbkdf2Sync(password, Buffer.from(keys.salt, 'base64'), keys.iterations, KEY_BYTES, 'sha256')
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  const stored = createHash('sha256').update(clientKey).digest()
  const signature = createHmac('sha256', stored).update(authMessage).digest()
  return Buffer.from(clientKey.map((byte, at) => byte ^ signature[at]!)).toString('base64')
}

function keysOf(salted: Uint8Array): Pick<ScramKeys, 'storedKey' | 'serverKey'> {
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  return {
    storedKey: createHash('sha256').update(clientKey).digest('base64'),
    serverKey: createHmac('sha256', salted).update('Server Key').digest('base64'),
  }
}

function isSame(bytes: Buffer, base64: string): boolean {
  const other = Buffer.from(base64, 'base64')
  return bytes.length === other.length && timingSafeEqual(bytes, other)
}
