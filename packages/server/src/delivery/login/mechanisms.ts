// What a client says in each mechanism of AUTH: PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195) and
// SCRAM-SHA-256 (RFC 5802, RFC 7677). Pure but for the random numbers; log-in.ts writes the lines around.
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { saslprep } from '@gatepost/mail/saslprep.ts'
import type { LoginMechanism } from '#policy/settings.ts'

/** Name and password, and for tests the client's nonce. */
export type Credentials = {
  readonly username: string
  readonly password: string
  readonly nonce?: string
}

/** The host's challenge is none of this mechanism. The message holds nothing of the password. */
export class ChallengeFault extends Error {}

export type Exchange = {
  /** What goes with the command; null where the host speaks first. */
  readonly initial: Buffer | null
  /** The answer to a challenge. Throws, or rejects with, `ChallengeFault`. */
  readonly answer: (challenge: Buffer) => Buffer | Promise<Buffer>
  /** Whether the host proved what it has to before its yes counts. */
  readonly isProven: () => boolean
}

/** Begins an exchange; null where the mechanism cannot carry this name or password. */
export function beginExchange(mechanism: LoginMechanism, credentials: Credentials): Exchange | null {
  switch (mechanism) {
    case 'PLAIN':
      return plain(credentials)
    case 'LOGIN':
      return login(credentials)
    case 'CRAM-MD5':
      return cramMd5(credentials)
    case 'SCRAM-SHA-256':
      return scram(credentials)
  }
}

const always = (): boolean => true

function plain({ username, password }: Credentials): Exchange {
  return { initial: Buffer.from(`\0${username}\0${password}`), answer: unasked, isProven: always }
}

/** Two questions, whatever they say: `User Name`, `Username:` and others are about. */
function login({ username, password }: Credentials): Exchange {
  const answers = [username, password]
  const answer = (): Buffer => {
    const next = answers.shift()
    return next === undefined ? unasked() : Buffer.from(next)
  }
  return { initial: null, answer, isProven: always }
}

function cramMd5({ username, password }: Credentials): Exchange {
  let isAnswered = false
  const answer = (challenge: Buffer): Buffer => {
    if (isAnswered) return unasked()
    if (challenge.length === 0) throw new ChallengeFault('its challenge is empty')
    isAnswered = true
    return Buffer.from(`${username} ${createHmac('md5', password).update(challenge).digest('hex')}`)
  }
  return { initial: null, answer, isProven: always }
}

function unasked(): never {
  throw new ChallengeFault('it asks for more than the mechanism has')
}

const KEY_BYTES = 32
const NONCE_BYTES = 18
/** RFC 7677 §4 asks for as many; fewer would let a listener guess the password. */
const ROUNDS_MIN = 4_096
/** More would keep this processor busy for seconds. */
const ROUNDS_MAX = 1_000_000
/** No channel binding, and nobody to act for (RFC 5802 §7). */
const GS2 = 'n,,'
/** `m=`, an extension that must be understood, is not taken (RFC 5802 §5.1). */
const SERVER_FIRST = /^r=([\x21-\x2B\x2D-\x7E]+),s=([A-Za-z0-9+/]+={0,2}),i=([1-9]\d{0,8})(?:,[^m].*)?$/s
const SERVER_FINAL = /^v=([A-Za-z0-9+/]+={0,2})(?:,.*)?$/s

function scram({ username, password, nonce = newNonce() }: Credentials): Exchange | null {
  const name = saslprep(username)
  const secret = saslprep(password)
  if (!name.ok || !secret.ok) return null
  const bare = `n=${name.value.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`
  let expected: Buffer | null = null
  let isProven = false
  const first = async (text: string): Promise<Buffer> => {
    const [, joined = '', salt = '', rounds = ''] = SERVER_FIRST.exec(text) ?? []
    if (!joined.startsWith(nonce) || joined.length === nonce.length)
      throw new ChallengeFault('its first message is not SCRAM’s')
    const iterations = Number(rounds)
    if (iterations < ROUNDS_MIN || iterations > ROUNDS_MAX)
      throw new ChallengeFault(`it asks for ${iterations} rounds of hashing`)
    const salted = await stretched(secret.value, Buffer.from(salt, 'base64'), iterations)
    const withoutProof = `c=${Buffer.from(GS2).toString('base64')},r=${joined}`
    const message = `${bare},${text},${withoutProof}`
    const clientKey = hmac(salted, 'Client Key')
    const signature = hmac(createHash('sha256').update(clientKey).digest(), message)
    expected = hmac(hmac(salted, 'Server Key'), message)
    const proof = Buffer.from(clientKey.map((byte, at) => byte ^ signature[at]!))
    return Buffer.from(`${withoutProof},p=${proof.toString('base64')}`)
  }
  const final = (text: string, wanted: Buffer): Buffer => {
    const given = Buffer.from(SERVER_FINAL.exec(text)?.[1] ?? '', 'base64')
    if (isProven) return unasked()
    // Who does not know the password's keys is not the host that the login is for (RFC 5802 §5).
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
      throw new ChallengeFault('it did not prove that it knows the login')
    isProven = true
    return Buffer.alloc(0)
  }
  return {
    initial: Buffer.from(`${GS2}${bare}`),
    answer: (challenge) => {
      const text = challenge.toString('utf8')
      return expected === null ? first(text) : final(text, expected)
    },
    isProven: () => isProven,
  }
}

function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64')
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** Beside the event loop: the host chooses how long it takes. */
function stretched(password: string, salt: Uint8Array, rounds: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    pbkdf2(password, salt, rounds, KEY_BYTES, 'sha256', (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })
}
