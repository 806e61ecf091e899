// Requests that were carried out, by the key their client gave them (`Idempotency-Key`): one whose answer was
// lost on the way is sent again and not done again.
import { createHash } from 'node:crypto'
import type { Endpoint } from '@gatepost/contract/endpoint.ts'
import { invalidInput, problem } from '#control/problem.ts'

/** A client that lost an answer asks again within minutes; answers may hold secrets shown once. */
const KEPT_MS = 3_600_000
/** Answers kept, and their size as JSON together; the oldest go first. */
const REQUESTS_MAX = 5_000
const CHARACTERS_MAX = 16_000_000

type Done = {
  readonly digest: string
  readonly at: number
  /** Under way, or done; what failed is forgotten, since it changed nothing. */
  readonly answer: Promise<unknown>
  characters: number
}

export type AskedOnce = {
  /** Whose key it is, and at which endpoint. */
  readonly asker: string
  readonly endpoint: string
  /** As the header has it. */
  readonly key: string
  /** What was asked, as the schema made of it; the file of an upload. */
  readonly asked: unknown
  readonly raw: Uint8Array
}

/**
 * Whether an endpoint minds the key: other methods may be repeated anyway. What is asked of one's own account
 * sets cookies, which belonged to the answer that was lost.
 */
export function takesKey({ method, allow }: Pick<Endpoint, 'method' | 'allow'>): boolean {
  return method === 'POST' && allow !== 'public' && allow !== 'agent' && allow !== 'signed-in'
}

export class DoneRequests {
  readonly #now: () => number
  readonly #done = new Map<string, Done>()
  #characters = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * Does the work, or answers as the same request was answered before; of two at once the second waits.
   * Throws `malformed-request` for a header that is no key, `invalid-input` where the key was another's.
   */
  async run(request: AskedOnce, work: () => Promise<unknown>): Promise<unknown> {
    const name = JSON.stringify([request.asker, request.endpoint, keyOf(request.key)])
    const digest = digestOf(request)
    this.#dropOld()
    const before = this.#done.get(name)
    if (before) {
      if (before.digest === digest) return before.answer
      const message = 'Another request had this key. Take a new one for each thing to be done.'
      throw invalidInput([{ path: '/header/idempotency-key', message }])
    }
    const done: Done = { digest, at: this.#now(), answer: work(), characters: 0 }
    this.#done.set(name, done)
    try {
      const answer = await done.answer
      if (this.#done.get(name) === done) this.#count(done, JSON.stringify(answer)?.length ?? 0)
      return answer
    } catch (error) {
      if (this.#done.get(name) === done) this.#done.delete(name)
      throw error
    }
  }

  #count(done: Done, characters: number): void {
    done.characters = characters
    this.#characters += characters
    for (const name of this.#done.keys()) {
      if (this.#characters <= CHARACTERS_MAX && this.#done.size <= REQUESTS_MAX) return
      this.#drop(name)
    }
  }

  #dropOld(): void {
    const end = this.#now() - KEPT_MS
    for (const [name, { at }] of this.#done) {
      if (at > end) return
      this.#drop(name)
    }
  }

  #drop(name: string): void {
    this.#characters -= this.#done.get(name)?.characters ?? 0
    this.#done.delete(name)
  }
}

/** 1 to 255 printable characters, between quotes or not (a string as in structured fields). */
function keyOf(header: string): string {
  const key = header.trim().replace(/^"(.*)"$/, '$1')
  if (/^[!#-~ ]{1,255}$/.test(key)) return key
  throw problem('malformed-request', 'Idempotency-Key takes 1 to 255 printable ASCII characters.')
}

function digestOf({ asked, raw }: Pick<AskedOnce, 'asked' | 'raw'>): string {
  return createHash('sha256').update(JSON.stringify(asked)).update('\0').update(raw).digest('hex')
}
