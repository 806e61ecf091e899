// Takes copies into the archive: reads, seals and stores what gathers meanwhile, then enters all of it with
// one disk sync. Runs in the writing thread.
import { type ContentStore, type GrowingFile, openGrowingFile } from '#platform/content-files.ts'
import { type Extract, extract, INDEXED_OCTETS_MAX, unwrap } from './extract.ts'
import type { Copy, Head, Ledger } from './ledger.ts'
import type { MonthFiles } from './month-file.ts'
import { type ArchiveKeys, addressOf, archiveKeys, Sealer } from './seal.ts'
import type { Asked, Taken, TenantWord, UploadMeta } from './thread-wire.ts'

/** Copies entered with one sync. */
const BATCH_MAX = 128
/** Contents on their way to the store at once: a disk syncs several as quickly as one. */
const KEYS_KEPT_MAX = 1_000

type Parts = {
  readonly files: MonthFiles
  readonly content: ContentStore
  readonly ledger: Ledger
  readonly temporaryFolder: string
}

type Waiting = {
  readonly tenant: TenantWord
  readonly meta: UploadMeta
  readonly now: number
  readonly read: Read
  resolve(taken: Taken): void
  reject(error: Error): void
}

/** A copy that was read; `store` puts its content where it belongs. */
type Read = {
  readonly copy: Copy
  /** Null: there already. */
  readonly store: (() => Promise<void>) | null
  readonly discard: () => Promise<void>
}

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
  readonly #keys = new Map<string, ArchiveKeys>()
  readonly #waiting: Waiting[] = []
  readonly #growing = new Map<number, Growing>()
  #turn: Promise<unknown> = Promise.resolve()
  #isScheduled = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** A message that fits memory. Resolves once it survives a power cut. */
  take({ tenant, meta, content, now }: Asked['take']['in']): Promise<Taken> {
    const keys = this.#keysOf(tenant)
    const octets = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    const { original, people, flags, fault } =
      meta.as === 'journal' ? unwrap(octets) : { original: octets, people: [], flags: [], fault: null }
    const found = extract(original, meta.receivedAt)
    const digest = addressOf(keys, original)
    const told = { people, flags, fault, digest, size: original.length, found }
    const store = async (): Promise<void> => {
      const sealer = new Sealer(keys)
      const parts = sealer.update(original)
      parts.push(...sealer.end().parts)
      await this.#parts.content.put(`${tenant.tenantId}/${digest}`, parts)
    }
    return this.#enter({
      tenant,
      meta,
      now,
      read: { copy: copyOf(tenant, meta, told), store, discard: nothing },
    })
  }

  /** A large one comes in pieces and is sealed as it comes. */
  async begin({ upload, tenant }: Asked['grow-begin']['in']): Promise<null> {
    const file = await openGrowingFile(this.#parts.temporaryFolder, `upload-${upload}`)
    const sealer = new Sealer(this.#keysOf(tenant))
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
      const store = (): Promise<void> =>
        this.#parts.content.putFile(`${tenant.tenantId}/${address}`, file.path)
      const read = { copy: copyOf(tenant, meta, told), store, discard: () => file.discard() }
      return await this.#enter({ tenant, meta, now, read })
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
    const { ledger } = this.#parts
    const { now, tenant } = some[0]!
    const stored = await Promise.all(some.map((one) => this.#store(tenantId, one)))
    const good = some.filter((_, at) => stored[at])
    if (good.length === 0) return
    try {
      const copies = good.map(({ read }) => read.copy)
      const entered = ledger.enter(tenantId, copies, { keys: this.#keysOf(tenant), now })
      const head: Head = ledger.head(tenantId)
      for (const [at, one] of good.entries()) {
        const result = entered[at]!
        const { copy } = one.read
        if (result.kind !== 'new') await this.#dropUnused(tenantId, copy.digest)
        one.resolve({
          kind: result.kind,
          id: result.kind === 'known' ? null : result.id,
          head,
          flagged: copy.flags.some((flag) => flag === 'undecipherable' || flag === 'no-envelope'),
        })
      }
    } catch (error) {
      ledger.forget(tenantId)
      for (const { reject } of good) reject(error as Error)
    }
  }

  /** False when the store refused: that one is told so, and the others go on. */
  async #store(tenantId: string, one: Waiting): Promise<boolean> {
    const { read, now, reject } = one
    const { ledger } = this.#parts
    try {
      const isThere =
        ledger.isKnown(tenantId, read.copy.delivery, now) || ledger.twinOf(tenantId, read.copy, now) !== null
      if (isThere) await read.discard()
      else await read.store?.()
      return true
    } catch (error) {
      await read.discard().catch(() => undefined)
      reject(error as Error)
      return false
    }
  }

  /** Two copies of one message in one batch: the second one's content is nobody's. */
  async #dropUnused(tenantId: string, digest: string): Promise<void> {
    const { files, content } = this.#parts
    const isUsed = files
      .months(tenantId)
      .some((month) => files.open(tenantId, month)!.sql('select 1 from entry where digest = ?').get(digest))
    if (!isUsed) await content.remove(`${tenantId}/${digest}`).catch(() => undefined)
  }

  #keysOf({ tenantId, secret }: TenantWord): ArchiveKeys {
    const name = `${tenantId} ${secret}`
    let keys = this.#keys.get(name)
    if (keys === undefined) {
      keys = archiveKeys(Buffer.from(secret, 'base64'))
      if (this.#keys.size >= KEYS_KEPT_MAX) this.#keys.clear()
      this.#keys.set(name, keys)
    }
    return keys
  }
}

async function nothing(): Promise<void> {}

type Told = Pick<Copy, 'people' | 'flags' | 'fault' | 'digest' | 'size' | 'found'>

/** The gateway knows the envelope of what passed it; of a journal's report, the report tells it. */
function copyOf({ domains }: TenantWord, meta: UploadMeta, told: Told): Copy {
  const { delivery, as, reversePath, forwardPaths, isHeld } = meta
  const own = new Set(domains)
  const isOwn = (address: string): boolean =>
    own.has(address.slice(address.lastIndexOf('@') + 1).toLowerCase())
  const people =
    as === 'journal'
      ? told.people
      : [
          ...(reversePath === null ? [] : [{ address: reversePath, as: 'from' as const }]),
          ...forwardPaths.map((address) => ({ address, as: 'envelope' as const })),
        ]
  const named = people.length > 0 ? people : told.found.people
  const isFromUs = named.some(({ as: side, address }) => side === 'from' && isOwn(address))
  const isToOthers = named.some(({ as: side, address }) => side !== 'from' && !isOwn(address))
  const journalled = isFromUs ? (isToOthers ? 'outbound' : 'internal') : 'inbound'
  return {
    ...told,
    delivery,
    source: as,
    direction: as === 'gateway' ? meta.direction : journalled,
    people,
    flags: isHeld ? [...told.flags, 'held'] : told.flags,
  }
}
