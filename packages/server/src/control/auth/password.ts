// Passwords as argon2id in Node's own crypto: parameters travel with each, and only a few are computed at a
// time.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { problem } from '../problem.ts'

/** OWASP's least: 19 MiB, two passes, one lane; about 40 ms. */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1 } as const
const SALT_BYTES = 16
const HASH_BYTES = 32
/** Each takes 19 MiB and a thread of the pool: more at once would starve the rest. */
const CONCURRENT_MAX = 2
const WAITING_MAX = 32

type Encoded = {
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
  readonly salt: Buffer
  readonly hash: Buffer
}

export type Passwords = {
  /** A new encoded hash with its own salt: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
  hash(password: string): Promise<string>
  /**
   * Whether the password is the encoded one. Null for an account that does not exist: takes the same time and
   * says no. Throws `too-many-attempts` when too many wait.
   */
  verify(password: string, encoded: string | null): Promise<boolean>
}

export function createPasswords(): Passwords {
  const slots = new Slots()
  const nobody = encode({ ...PARAMETERS, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) })
  return {
    hash: (password) =>
      slots.run(async () => {
        const salt = randomBytes(SALT_BYTES)
        return encode({
          ...PARAMETERS,
          salt,
          hash: await derive(password, { ...PARAMETERS, salt }, HASH_BYTES),
        })
      }),
    verify: (password, encoded) =>
      slots.run(async () => {
        const stored = decode(encoded ?? nobody)
        const hash = await derive(password, stored, stored.hash.length)
        return timingSafeEqual(hash, stored.hash) && encoded !== null
      }),
  }
}

/** NFKC, so that one password typed on two keyboards is one (NIST SP 800-63B §3.1.1.2). */
function derive(
  password: string,
  { memory, passes, parallelism, salt }: Omit<Encoded, 'hash'>,
  tagLength: number,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const message = Buffer.from(password.normalize('NFKC'), 'utf8')
    argon2('argon2id', { message, nonce: salt, memory, passes, parallelism, tagLength }, (error, hash) =>
      error ? reject(error) : resolve(hash),
    )
  })
}

function encode({ memory, passes, parallelism, salt, hash }: Encoded): string {
  const parameters = `m=${memory},t=${passes},p=${parallelism}`
  return `$argon2id$v=19$${parameters}$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

const ENCODED = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/

function decode(encoded: string): Encoded {
  const [, memory, passes, parallelism, salt, hash] = ENCODED.exec(encoded) ?? []
  if (salt === undefined || hash === undefined) throw new Error('A stored password hash is unreadable')
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  }
}

/** Lets a few work at a time and refuses when too many wait. */
class Slots {
  #working = 0
  readonly #waiting: (() => void)[] = []

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#working >= CONCURRENT_MAX) {
      if (this.#waiting.length >= WAITING_MAX)
        throw problem('too-many-attempts', undefined, { retryAfterSeconds: 2 })
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else {
      this.#working += 1
    }
    try {
      return await work()
    } finally {
      // The slot is handed over, not freed, when somebody waits.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#working -= 1
    }
  }
}
