// Takes copies into the archive: what gathered meanwhile is kept in one pack with one disk sync and entered
// with another. Runs in the writing thread.
import { type GrowingFile, openGrowingFile } from '#platform/content-files.ts'
import { type Extract, extract, INDEXED_OCTETS_MAX } from './extract.ts'
import type { IndexLater } from './index-later.ts'
import { type Copy, type Head, type Ledger, messageKeyOf } from './ledger.ts'
import type { MonthFiles } from './month-file.ts'
import { PACKED_OCTETS_MAX, type PackedContent, type Sealed } from './packed-content.ts'
import { copyOf, keysOf } from './prepare.ts'
import { Sealer } from './seal.ts'
import type { Asked, Taken, TenantWord } from './thread-wire.ts'

/** Copies entered with one sync. */
const BATCH_MAX = 256

type Parts = {
  readonly files: MonthFiles
  readonly content: PackedContent
  readonly ledger: Ledger
  readonly later: IndexLater
  readonly temporaryFolder: string
}

type Waiting = {
  readonly tenant: TenantWord
  readonly now: number
  readonly copy: Copy
  readonly content: Kept
  resolve(taken: Taken): void
  reject(error: Error): void
}

/** Sealed octets for a pack, or a file that is large enough to be one by itself. */
type Kept =
  | { readonly kind: 'packed'; readonly octets: Uint8Array }
  | { readonly kind: 'file'; readonly file: GrowingFile }

type Growing = {
  readonly tenant: TenantWord
  readonly file: GrowingFile
  readonly sealer: Sealer
  /** The start, for the index. */
  readonly start: Uint8Array[]
  startBytes: number
  size: number
}

export class Intake {
  readonly #parts: Parts
  readonly #waiting: Waiting[] = []
  readonly #growing = new Map<number, Growing>()
  #turn: Promise<unknown> = Promise.resolve()
  #isScheduled = false
  #wholes = 0

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** A message that was read and sealed already. Resolves once it survives a power cut. */
  async take({ tenant, now, copy, sealed }: Asked['take']['in']): Promise<Taken> {
    if (sealed.length <= PACKED_OCTETS_MAX) {
      return this.#enter({ tenant, now, copy, content: { kind: 'packed', octets: sealed } })
    }
    this.#wholes += 1
    const file = await openGrowingFile(this.#parts.temporaryFolder, `whole-${this.#wholes}`)
    try {
      await file.write(sealed)
      await file.close()
      return await this.#enter({ tenant, now, copy, content: { kind: 'file', file } })
    } catch (error) {
      await file.discard()
      throw error
    }
  }

  /** A large one comes in pieces and is sealed as it comes. */
  async begin({ upload, tenant }: Asked['grow-begin']['in']): Promise<null> {
    const file = await openGrowingFile(this.#parts.temporaryFolder, `upload-${upload}`)
    const sealer = new Sealer(keysOf(tenant))
    this.#growing.set(upload, { tenant, file, sealer, start: [], startBytes: 0, size: 0 })
    return null
  }

  async grow({ upload, chunk }: Asked['grow-chunk']['in']): Promise<null> {
    const growing = this.#growing.get(upload)
    if (growing === undefined) throw new Error('this upload has ended')
    growing.size += chunk.length
    if (growing.startBytes < INDEXED_OCTETS_MAX) {
      growing.start.push(chunk)
      growing.startBytes += chunk.length
    }
    for (const part of growing.sealer.update(chunk)) await growing.file.write(part)
    return null
  }

  /** A report of that size is not unwrapped: it is kept whole, and said so. */
  async end({ upload, meta, now }: Asked['grow-end']['in']): Promise<Taken> {
    const growing = this.#growing.get(upload)
    if (growing === undefined) throw new Error('this upload has ended')
    this.#growing.delete(upload)
    const { tenant, file, sealer, size } = growing
    try {
      const { parts, address } = sealer.end()
      for (const part of parts) await file.write(part)
      await file.close()
      const start = Buffer.concat(growing.start)
      const isJournal = meta.as === 'journal'
      const cut = extract(start.subarray(0, INDEXED_OCTETS_MAX), meta.receivedAt)
      const found: Extract =
        size > INDEXED_OCTETS_MAX ? { ...cut, flags: [...cut.flags, 'partly-indexed'] } : cut
      const told = {
        people: [],
        flags: isJournal ? (['undecipherable'] as const) : [],
        fault: isJournal ? 'The report is too large to be taken apart.' : null,
        digest: address,
        size,
        found,
      }
      const copy = copyOf(tenant, meta, told)
      return await this.#enter({ tenant, now, copy, content: { kind: 'file', file } })
    } catch (error) {
      await file.discard()
      throw error
    }
  }

  async discard(upload: number): Promise<null> {
    const growing = this.#growing.get(upload)
    this.#growing.delete(upload)
    await growing?.file.discard()
    return null
  }

  /** Runs work while nothing is being entered. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }

  #enter(one: Omit<Waiting, 'resolve' | 'reject'>): Promise<Taken> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...one, resolve, reject })
      if (this.#isScheduled) return
      this.#isScheduled = true
      void this.alone(() => this.#drain())
    })
  }

  async #drain(): Promise<void> {
    this.#isScheduled = false
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX)
      const byTenant = Map.groupBy(batch, ({ tenant }) => tenant.tenantId)
      for (const [tenantId, some] of byTenant) await this.#enterSome(tenantId, some)
    }
  }

  /** Content first: an entry never names what is not there. */
  async #enterSome(tenantId: string, some: readonly Waiting[]): Promise<void> {
    const { ledger, later } = this.#parts
    const { now, tenant } = some[0]!
    const keys = keysOf(tenant)
    try {
      await later.recover(tenantId, keys)
      const good = await this.#store(tenantId, some)
      if (good.length === 0) return
      const copies = good.map(({ copy }) => copy)
      const entered = ledger.enter(tenantId, copies, { keys, now })
      const head: Head = ledger.head(tenantId)
      for (const [at, { copy, content, resolve }] of good.entries()) {
        const result = entered[at]!
        if (result.kind !== 'new' && content.kind === 'file') await this.#dropUnused(tenantId, copy)
        resolve({
          kind: result.kind,
          id: result.kind === 'known' ? null : result.id,
          head,
          flagged: copy.flags.some((flag) => flag === 'undecipherable' || flag === 'no-envelope'),
        })
      }
      later.afterBatch()
    } catch (error) {
      ledger.forget(tenantId)
      for (const { reject } of some) reject(error as Error)
    }
  }

  /** Those whose content is kept now. A large one that is refused is told so, and the others go on. */
  async #store(tenantId: string, some: readonly Waiting[]): Promise<readonly Waiting[]> {
    const { content } = this.#parts
    const packed: Sealed[] = []
    const refused = new Set<Waiting>()
    const seen = new Set<string>()
    for (const one of some) {
      const { copy } = one
      if (one.content.kind === 'packed') {
        // The second copy of a message needs no content: the first one of this batch brings it.
        const name = `${messageKeyOf(copy.found.messageId, copy.digest)} ${copy.found.sameKey}`
        if (seen.has(name) || seen.has(copy.delivery) || this.#isThere(tenantId, one)) continue
        seen.add(name).add(copy.delivery)
        packed.push({ digest: copy.digest, octets: one.content.octets })
        continue
      }
      const { file } = one.content
      try {
        if (this.#isThere(tenantId, one)) await file.discard()
        else await content.putFile(`${tenantId}/${copy.digest}`, file.path)
      } catch (error) {
        refused.add(one)
        one.reject(error as Error)
      }
    }
    await content.keep(tenantId, packed)
    return some.filter((one) => !refused.has(one))
  }

  #isThere(tenantId: string, { copy, now }: Waiting): boolean {
    const { ledger } = this.#parts
    return ledger.isKnown(tenantId, copy.delivery, now) || ledger.twinOf(tenantId, copy, now) !== null
  }

  /** Two copies of one large message in one batch: the second one's content is nobody's. */
  async #dropUnused(tenantId: string, { digest, found }: Copy): Promise<void> {
    const { ledger, content } = this.#parts
    const key = messageKeyOf(found.messageId, digest)
    if (ledger.isUsed(tenantId, { digest, key })) return
    await content.remove(tenantId, [digest]).catch(() => undefined)
  }
}
