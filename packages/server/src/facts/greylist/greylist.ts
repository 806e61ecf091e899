// One worker's view of the greylist: what is on file plus what is on its way there. Answers at once; changes
// go to the writer in batches and are sent again until acknowledged.
import { addressKey, type Mailbox } from '@gatepost/mail/address.ts'
import type { ReversePath } from '@gatepost/mail/path.ts'
import { BoundedCache } from '#platform/bounded-cache.ts'
import type { Clock } from '#platform/clock.ts'
import { newId } from '#platform/random.ts'
import { type Fact, type Facts, unknown } from '#policy/facts.ts'
import type { FoundAttempt, GreylistReader } from './file.ts'
import { historyKeys, identityOf, networkKey, organisationOf } from './identity.ts'
import {
  type GreylistChange,
  type IdentityRecord,
  PASS_MEMORY_MS,
  RENEWAL_MS,
  RETRY_WINDOW_MS,
} from './records.ts'

export type GreylistFact = Fact<Facts['greylist']>
type KnownFact = { readonly kind: 'known'; readonly value: Facts['greylist'] }

/** Who asks for whom, and where the rest is looked up when it has to be. */
export type GreylistQuestion = {
  readonly tenantId: string
  readonly clientIp: string
  /** The client's verified name as far as known, for lists. */
  readonly clientName: string | null
  readonly helo: string
  readonly reversePath: ReversePath
  readonly forwardPath: Mailbox
  spf(): Fact<Facts['spf']> | Promise<Fact<Facts['spf']>>
  clientNames(): Fact<readonly string[]> | Promise<Fact<readonly string[]>>
}

/** What an accepted message proved about its sender. */
export type Proof = Pick<GreylistQuestion, 'tenantId' | 'clientIp' | 'reversePath'> & {
  readonly authentication: Facts['authentication']
  readonly clientNames: Fact<readonly string[]> | undefined
}

/** The question without what may have to be waited for. */
type Contact = Omit<GreylistQuestion, 'spf' | 'clientNames'>

type Looked = { readonly record: IdentityRecord | null; readonly attempt: FoundAttempt | null }

type Options = {
  readonly clock: Clock
  readonly reader: GreylistReader
  /** Passes that other nodes told of. */
  readonly passElsewhere: (tenantId: string, identity: string) => number | null
  /** Resolves when the writer has committed the batch. */
  readonly write: (changes: readonly GreylistChange[]) => Promise<void>
}

/** A change is on file so soon after its reply; a kill loses no more than this. */
const GATHER_MS = 100
/** A batch that was not acknowledged is sent again: the writer may just be starting anew. */
const RETRY_MS = 2_000
/** Changes that wait for the writer. Beyond it new ones are let go: a later attempt brings them again. */
const WAITING_MAX = 50_000
/** So long an identity that somebody had forgotten may wait to be learned again. */
const RENEWED_MS = 60_000
const RENEWED_MAX = 5_000
const BATCH_MAX = 5_000

export class Greylist {
  readonly #options: Options
  /** Changes on their way, as look-ups see them: `tenant key` and `tenant forward reverse`. */
  readonly #identities = new Map<string, IdentityRecord>()
  readonly #attempts = new Map<string, FoundAttempt | null>()
  /** Identities that need no renewal for the moment: asked for with every message that is accepted. */
  readonly #renewed = new BoundedCache<true>(RENEWED_MAX)
  /** What a look found, until its outcome is noted: the file is not asked for the same twice. */
  readonly #looked = new WeakMap<Facts['greylist'], Looked>()
  #waiting: GreylistChange[] = []
  #isFlushing = false
  #flushed: Promise<void> = Promise.resolve()
  readonly #ended = new AbortController()

  constructor(options: Options) {
    this.#options = options
  }

  /**
   * What is known of the sender of a message. Answers at once where the network with its domain passed;
   * else SPF and the client's names are waited for. Unknown when one of them fails: never a "no" (law 4).
   */
  look(question: GreylistQuestion): GreylistFact | Promise<GreylistFact> {
    try {
      if (!this.#options.reader.isHere()) return unknown('the greylist is not here yet')
      const network = networkKey(question)
      const passedAt = this.#passedAt(question.tenantId, network)
      if (passedAt !== null) return this.#fact(question, { primary: network, keys: [network] }, passedAt)
      const spf = question.spf()
      const names = spf instanceof Promise ? null : question.clientNames()
      if (spf instanceof Promise || names instanceof Promise || names === null) return this.#wait(question)
      return this.#judge(question, spf, names)
    } catch (error) {
      return unknown(error instanceof Error ? error.message : String(error))
    }
  }

  async #wait(question: GreylistQuestion): Promise<GreylistFact> {
    try {
      const [spf, names] = await Promise.all([question.spf(), question.clientNames()])
      return this.#judge(question, spf, names)
    } catch (error) {
      return unknown(error instanceof Error ? error.message : String(error))
    }
  }

  #judge(question: GreylistQuestion, spf: Fact<Facts['spf']>, names: Fact<readonly string[]>): GreylistFact {
    const spfPass = spf.kind === 'known' && spf.value.result === 'pass' ? spf.value.domain : null
    const clientNames = names.kind === 'known' ? names.value : []
    const found = identityOf({ ...question, spfPass, names: clientNames })
    const history =
      question.reversePath === null
        ? []
        : historyKeys({ ...question, names: clientNames }, question.reversePath.domain)
    for (const key of [found.primary, ...history]) {
      const passedAt = this.#passedAt(question.tenantId, key)
      if (passedAt !== null) return this.#fact(question, { ...found, primary: key }, passedAt)
    }
    const fact = this.#fact(question, found, null)
    if (spfPass !== null || hasRetried(fact)) return fact
    if (spf.kind === 'unknown') return spf
    if (spf.value.result === 'temperror') return unknown(`SPF: ${spf.value.explanation ?? 'no answer'}`)
    return names.kind === 'unknown' ? unknown(`client name: ${names.why}`) : fact
  }

  #fact(
    question: GreylistQuestion,
    identity: { readonly primary: string; readonly keys: readonly string[]; readonly isProven?: boolean },
    passedAt: number | null,
  ): KnownFact {
    const { primary, keys, isProven = true } = identity
    const record = this.#identity(question.tenantId, primary)
    const attempt = this.#attempt(question)
    const isSame = attempt?.keys.some((key) => keys.includes(key)) === true
    const value = {
      identity: primary,
      keys: isSame && attempt !== null ? [...new Set([...keys, ...attempt.keys])] : keys,
      isProven,
      passedAt,
      firstAttemptAt: record?.firstAt ?? null,
      sameMessageAt: attempt !== null && isSame ? attempt.firstAt : null,
      sameMessageAs: attempt !== null && isSame ? attempt.identity : null,
      isObserved: record?.observedAt != null,
      at: this.#options.clock.now(),
    }
    this.#looked.set(value, { record, attempt })
    return { kind: 'known', value }
  }

  /** Notes what a decision about a first contact or a retry came to. */
  note(question: Contact, fact: Facts['greylist'], outcome: GreylistOutcome): void {
    const { tenantId, clientIp, clientName, helo } = question
    const message = messageOf(question)
    const { identity, keys, at } = fact
    switch (outcome) {
      case 'deferred': {
        const waiting = { clientIp, clientName, helo, firstAt: at, lastAt: at, attempts: 1 }
        const attempt = { id: newId('gre', at), tenantId, ...message, ...waiting, identity, keys }
        this.#change({ kind: 'deferred', attempt }, this.#looked.get(fact))
        return
      }
      case 'retried':
        this.#change({ kind: 'passed', tenantId, keys: passedKeys(fact), at, how: 'retried', message })
        return
      case 'observed':
        this.#change({ kind: 'observed', tenantId, identity, at })
        return
      case 'passed': {
        const isStale = fact.passedAt !== null && fact.passedAt < at - RENEWAL_MS
        const ends = this.#attempt(question) !== null
        if (!isStale && !ends) return
        this.#change({ kind: 'used', tenantId, keys: [identity], at, message: ends ? message : null })
        return
      }
    }
  }

  /** A message was accepted: who authenticated is known from now on and not deferred later (G2). */
  learn(proof: Proof): void {
    const { tenantId, reversePath, authentication, clientNames } = proof
    if (!this.#options.reader.isHere()) return
    const keys: string[] = []
    if (authentication.spf === 'pass') keys.push(`spf:${organisationOf(authentication.spfDomain)}`)
    if (reversePath !== null && signedFor(authentication, reversePath.domain)) {
      const names = clientNames?.kind === 'known' ? clientNames.value : []
      keys.push(networkKey(proof), ...historyKeys({ ...proof, names }, reversePath.domain))
    }
    const at = this.#options.clock.now()
    const fresh = keys.filter((key) => this.#isStale(tenantId, key, at))
    if (fresh.length === 0) return
    this.#change({ kind: 'passed', tenantId, keys: fresh, at, how: 'authenticated', message: null })
  }

  /** Whether it is time to write down again that an identity passes. */
  #isStale(tenantId: string, key: string, at: number): boolean {
    const question = `${tenantId} ${key}`
    if (this.#renewed.get(question, at) !== undefined) return false
    if ((this.#passedAt(tenantId, key) ?? 0) < at - RENEWAL_MS) return true
    this.#renewed.set(question, true, at + RENEWED_MS)
    return false
  }

  /** Passes an identity at once, or forgets what is known of it. */
  async decide(change: Extract<GreylistChange, { kind: 'passed' | 'forgotten' }>): Promise<void> {
    this.#change(change)
    await this.flush()
  }

  /** Everything noted so far is on file when this resolves. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#ended.signal.aborted) {
      this.#begin(0)
      await this.#flushed
    }
  }

  async close(): Promise<void> {
    await Promise.race([this.flush(), this.#options.clock.sleep(RETRY_MS)])
    this.#ended.abort()
    this.#options.reader.close()
  }

  #change(change: GreylistChange, looked?: Looked): void {
    if (this.#waiting.length >= WAITING_MAX) return
    this.#waiting.push(change)
    this.#see(change, looked)
    this.#begin(GATHER_MS)
  }

  #begin(gatherMs: number): void {
    if (this.#isFlushing) return
    this.#isFlushing = true
    this.#flushed = this.#flush(gatherMs).finally(() => {
      this.#isFlushing = false
    })
  }

  async #flush(gatherMs: number): Promise<void> {
    const { clock, write } = this.#options
    const { signal } = this.#ended
    if (gatherMs > 0) await clock.sleep(gatherMs, signal)
    while (this.#waiting.length > 0 && !signal.aborted) {
      const batch = this.#waiting.slice(0, BATCH_MAX)
      try {
        await write(batch)
        this.#waiting.splice(0, batch.length)
        if (this.#waiting.length === 0) this.#unsee()
      } catch {
        await clock.sleep(RETRY_MS, signal)
      }
    }
  }

  /** Makes a change visible to look-ups before it is on file. */
  #see(change: GreylistChange, looked?: Looked): void {
    switch (change.kind) {
      case 'deferred': {
        const { tenantId, identity, reversePath, forwardPath } = change.attempt
        const key = attemptKey(tenantId, forwardPath, reversePath)
        const isUnseen = looked !== undefined && !this.#attempts.has(key)
        const before = isUnseen ? looked.attempt : this.#attemptAt(tenantId, forwardPath, reversePath)
        this.#attempts.set(key, before ?? change.attempt)
        const isNew = looked !== undefined && !this.#identities.has(`${tenantId} ${identity}`)
        const record = isNew ? looked.record : this.#identity(tenantId, identity)
        if (record?.firstAt != null) return
        this.#identities.set(`${tenantId} ${identity}`, {
          firstAt: change.attempt.firstAt,
          passedAt: record?.passedAt ?? null,
          observedAt: record?.observedAt ?? null,
        })
        return
      }
      case 'passed':
      case 'used': {
        const { tenantId, keys, at, message } = change
        for (const key of keys) {
          this.#identities.set(`${tenantId} ${key}`, { firstAt: null, passedAt: at, observedAt: null })
        }
        if (message) this.#attempts.set(attemptKey(tenantId, message.forwardPath, message.reversePath), null)
        return
      }
      case 'observed':
        this.#identities.set(`${change.tenantId} ${change.identity}`, {
          firstAt: null,
          passedAt: null,
          observedAt: change.at,
        })
        return
      case 'forgotten':
        this.#identities.set(`${change.tenantId} ${change.identity}`, NOTHING)
        return
    }
  }

  /** All is on file. The reader's view may be a moment old, so what was seen is kept a moment longer. */
  #unsee(): void {
    const seen = [...this.#identities]
    const ended = [...this.#attempts]
    void this.#options.clock.sleep(GATHER_MS, this.#ended.signal).then(() => {
      for (const [key, value] of seen) if (this.#identities.get(key) === value) this.#identities.delete(key)
      for (const [key, value] of ended) if (this.#attempts.get(key) === value) this.#attempts.delete(key)
    })
  }

  #identity(tenantId: string, key: string): IdentityRecord | null {
    const record = this.#identities.get(`${tenantId} ${key}`) ?? this.#options.reader.identity(tenantId, key)
    if (record?.firstAt == null) return record
    return record.firstAt < this.#options.clock.now() - RETRY_WINDOW_MS
      ? { ...record, firstAt: null }
      : record
  }

  /** When a pass that still counts was last used. */
  #passedAt(tenantId: string, key: string): number | null {
    const after = this.#options.clock.now() - PASS_MEMORY_MS
    const own = this.#identity(tenantId, key)?.passedAt ?? null
    if (own !== null && own >= after) return own
    const elsewhere = this.#options.passElsewhere(tenantId, key)
    return elsewhere !== null && elsewhere >= after ? elsewhere : null
  }

  #attempt(question: Contact): FoundAttempt | null {
    const { reversePath, forwardPath } = messageOf(question)
    return this.#attemptAt(question.tenantId, forwardPath, reversePath)
  }

  #attemptAt(tenantId: string, forwardPath: string, reversePath: string): FoundAttempt | null {
    const seen = this.#attempts.get(attemptKey(tenantId, forwardPath, reversePath))
    const attempt =
      seen === undefined ? this.#options.reader.attempt(tenantId, forwardPath, reversePath) : seen
    if (attempt === null) return null
    return attempt.firstAt < this.#options.clock.now() - RETRY_WINDOW_MS ? null : attempt
  }
}

/** What a decision came to, for the greylist. */
export type GreylistOutcome = 'deferred' | 'retried' | 'passed' | 'observed'

const NOTHING: IdentityRecord = { firstAt: null, passedAt: null, observedAt: null }

/**
 * A retry passes for the identity, and for the network with its domain, which is recognised without a
 * look-up. A host's organisation passes only where it is the identity itself.
 */
function passedKeys({ identity, keys, sameMessageAs }: Facts['greylist']): readonly string[] {
  const first = sameMessageAs === null ? [] : [sameMessageAs]
  return [...new Set([identity, ...first, ...keys.filter((key) => key.startsWith('net:'))])]
}

function hasRetried(fact: KnownFact): boolean {
  return fact.value.sameMessageAt !== null
}

/** A valid signature of the reverse-path's organisation. */
function signedFor({ dkim }: Proof['authentication'], domain: string): boolean {
  const organisation = organisationOf(domain)
  return dkim.some(
    (signature) => signature.result === 'pass' && organisationOf(signature.domain) === organisation,
  )
}

function messageOf({ reversePath, forwardPath }: Contact) {
  return {
    reversePath: reversePath === null ? '' : addressKey(reversePath),
    forwardPath: addressKey(forwardPath),
  }
}

function attemptKey(tenantId: string, forwardPath: string, reversePath: string): string {
  return `${tenantId} ${forwardPath} ${reversePath}`
}
