// The archive (J2): takes what edges bring, searches, shows. Content and index live in threads and files;
// here is who may ask, what is noted, and how far the chain goes.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { ArchiveQuery } from '@gatepost/contract/archive.ts'
import type { Emit } from '#events/emit.ts'
import type { ArchiveSink } from '#link/archive-upload.ts'
import type { Clock } from '#platform/clock.ts'
import type { SecretBox } from '#platform/secret-box.ts'
import type { Store } from '#store/open.ts'
import { openContentStore, type StoreOptions } from './content-store.ts'
import type { Head } from './ledger.ts'
import type { PackedContent } from './packed-content.ts'
import { archiveKeys, openSealed } from './seal.ts'
import { type ArchiveSetting, countJournal, domainsOf, noteHead, settingOf } from './store.ts'
import type { Asked, Cursor, RetentionWord, Taken, TenantWord, UploadMeta } from './thread-wire.ts'
import { ArchiveCrew, ArchiveThread } from './threads.ts'

/** The column that the secret is sealed for. */
export const KEY_COLUMN = 'archive_setting.key'
/** Up to this size a message goes to its thread in one piece. */
const IN_PIECE_BYTES_MAX = 4 * 1_048_576
/** A journal report is taken apart as a whole; mail hosts send none that are larger. */
const REPORT_BYTES_MAX = 160 * 1_048_576
/** What is known of an organisation may be this old while its mail comes in. */
const WORD_KEPT_MS = 5_000
/** Heads and counts are written together. */
const NOTES_MS = 1_000
const WORDS_KEPT_MAX = 1_000
/** More read faster than one thread writes. */
const CREW_MAX = 4

export type ArchiveOptions = {
  readonly store: Store
  readonly clock: Clock
  readonly emit: Emit
  readonly secrets: SecretBox
  readonly dataFolder: string
  readonly content: StoreOptions
  /** Threads that read and seal; as many as there are processors where it is not said. */
  readonly readers?: number
}

/** The archive takes nothing: since when, and what its store says. */
export type ArchiveTrouble = { readonly since: number; readonly tenantId: string; readonly why: string }

export class Archive implements ArchiveSink {
  readonly #options: ArchiveOptions
  readonly #content: PackedContent
  readonly #folder: string
  readonly #words = new Map<string, { readonly at: number; readonly word: Promise<TenantWord | null> }>()
  readonly #threads = new Map<'write' | 'read', ArchiveThread>()
  readonly #crew: ArchiveCrew
  /** Organisations whose words are all in the index, as far as this process brought them. */
  readonly #settled = new Map<string, Promise<unknown>>()
  /** By organisation, the longest first: what one can keep says nothing of another. */
  readonly #troubles = new Map<string, ArchiveTrouble>()
  readonly #heads = new Map<string, Head>()
  readonly #journal = new Map<string, { at: number; reports: number; flagged: number }>()
  #notes: NodeJS.Timeout | null = null
  #noting: Promise<void> = Promise.resolve()
  #removing: Promise<unknown> = Promise.resolve()
  #uploads = 0

  constructor(options: ArchiveOptions) {
    this.#options = options
    this.#folder = join(options.dataFolder, 'archive')
    this.#content = openContentStore(options.content, { folder: join(this.#folder, 'index'), isReader: true })
    const crew = options.readers ?? Math.min(CREW_MAX, availableParallelism())
    this.#crew = new ArchiveCrew(this.#start('prepare'), Math.max(1, crew))
  }

  get folder(): string {
    return this.#folder
  }

  /** `files` or `s3`. */
  get storeKind(): string {
    return this.#options.content.kind
  }

  /** Null while the archive takes what comes. */
  get trouble(): ArchiveTrouble | null {
    return this.#troubles.values().next().value ?? null
  }

  /** Takes a message of an edge; resolves once it survives a power cut. Null: this archive was destroyed. */
  async take(meta: UploadMeta, chunks: AsyncIterable<Uint8Array>): Promise<Taken | null> {
    const now = this.#options.clock.now()
    const tenant = await this.wordOf(meta.tenantId).catch((error: unknown) =>
      this.#stored<never>(meta.tenantId, now, Promise.reject(error)),
    )
    if (tenant === null) return null
    const taken =
      meta.size <= (meta.as === 'journal' ? REPORT_BYTES_MAX : IN_PIECE_BYTES_MAX)
        ? await this.#takeWhole(tenant, { meta, chunks, now })
        : await this.#takeGrowing(tenant, { meta, chunks, now })
    this.#settled.delete(meta.tenantId)
    this.#note(meta, taken, now)
    return taken
  }

  async search(
    tenantId: string,
    asked: {
      readonly query: ArchiveQuery
      readonly limit: number
      readonly cursor: Cursor | null
      readonly withSnippets: boolean
    },
  ): Promise<Asked['search']['out']> {
    await this.#settle(tenantId)
    return this.#read(tenantId, (tenant, reader) => reader.ask('search', { tenant, ...asked }))
  }

  async count(tenantId: string, query: ArchiveQuery, max: number): Promise<number> {
    await this.#settle(tenantId)
    return this.#thread('read').ask('count', { tenantId, query, max })
  }

  async entry(tenantId: string, id: string, holds: readonly ArchiveQuery[]): Promise<Asked['entry']['out']> {
    if (holds.length > 0) await this.#settle(tenantId)
    return this.#thread('read').ask('entry', { tenantId, entryId: id, holds })
  }

  show(tenantId: string, digest: string): Promise<Asked['show']['out']> {
    return this.#read(tenantId, (tenant, reader) => reader.ask('show', { tenant, digest }))
  }

  totals(tenantId: string): Promise<Asked['totals']['out']> {
    return this.#thread('read').ask('totals', { tenantId })
  }

  days(tenantId: string, from: number, to: number): Promise<Asked['days']['out']> {
    return this.#thread('read').ask('days', { tenantId, from, to })
  }

  /** The message octet for octet. Throws `ContentSpoiled` or `ContentMissing`. */
  async *content(tenantId: string, digest: string): AsyncGenerator<Uint8Array> {
    const tenant = await this.#known(tenantId)
    const keys = archiveKeys(Buffer.from(tenant.secret, 'base64'))
    yield* openSealed(this.#content.read(`${tenantId}/${digest}`), keys)
  }

  async purge(tenantId: string, retention: RetentionWord, why: 'retention' | 'erased') {
    const tenant = await this.#known(tenantId)
    const now = this.#options.clock.now()
    const ask = () => this.#thread('write').ask('purge', { tenant, retention, now, why })
    const done = await this.keepingAll(ask)
    if (done.removed > 0) this.#noteHead(tenantId, done.head)
    return done
  }

  /** Waits for a removal, and runs work while no other begins: a backup wants whole packs. */
  keepingAll<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#removing.then(work)
    this.#removing = done.catch(() => undefined)
    return done
  }

  /** The key of an organisation's chain; null where nothing was ever archived. */
  async chainKeyOf(tenantId: string): Promise<Uint8Array | null> {
    const tenant = await this.wordOf(tenantId)
    return tenant === null ? null : archiveKeys(Buffer.from(tenant.secret, 'base64')).chain
  }

  /** Reads everything once, in a thread of its own. */
  async check(tenantId: string, head: Head): Promise<Asked['check']['out']> {
    const tenant = await this.#known(tenantId)
    const thread = new ArchiveThread(this.#start('check'))
    try {
      return await thread.ask('check', { tenant, head })
    } finally {
      await thread.close()
    }
  }

  /** Removes the files of an organisation whose key is gone. */
  async destroy(tenantId: string): Promise<void> {
    this.forget(tenantId)
    this.#troubles.delete(tenantId)
    this.#settled.delete(tenantId)
    await this.#content.close(tenantId)
    await this.#thread('read').ask('destroy', { tenantId })
    await this.#thread('write').ask('destroy', { tenantId })
  }

  /** Asks the database again about an organisation. */
  forget(tenantId: string): void {
    this.#words.delete(tenantId)
  }

  /** Writes heads and counts that wait. */
  async flush(): Promise<void> {
    if (this.#notes !== null) clearTimeout(this.#notes)
    this.#notes = null
    const work = this.#noting.then(() => this.#writeNotes())
    this.#noting = work.catch(() => undefined)
    await work
  }

  async close(): Promise<void> {
    await this.flush().catch(() => undefined)
    await this.#crew.close()
    for (const thread of this.#threads.values()) await thread.close()
    this.#threads.clear()
    await this.#content.close()
  }

  /** The organisation as threads need it; null where nothing was ever archived, or all was destroyed. */
  wordOf(tenantId: string): Promise<TenantWord | null> {
    const now = this.#options.clock.now()
    const known = this.#words.get(tenantId)
    if (known !== undefined && now - known.at < WORD_KEPT_MS) return known.word
    const word = this.#readWord(tenantId)
    word.catch(() => this.#words.delete(tenantId))
    if (this.#words.size >= WORDS_KEPT_MAX) this.#words.clear()
    this.#words.set(tenantId, { at: now, word })
    return word
  }

  async #readWord(tenantId: string): Promise<TenantWord | null> {
    const { store, secrets } = this.#options
    const setting = await settingOf(store.db, tenantId)
    if (setting === null) return null
    return { tenantId, secret: openKey(setting, secrets), domains: await domainsOf(store.db, tenantId) }
  }

  async #known(tenantId: string): Promise<TenantWord> {
    const tenant = await this.wordOf(tenantId)
    if (tenant === null) throw new Error('nothing of this organisation is archived')
    return tenant
  }

  async #read<T>(
    tenantId: string,
    work: (tenant: TenantWord, reader: ArchiveThread) => Promise<T>,
  ): Promise<T> {
    return work(await this.#known(tenantId), this.#thread('read'))
  }

  async #takeWhole(tenant: TenantWord, { meta, chunks, now }: Coming): Promise<Taken> {
    // A memory of its own, because it moves to the thread.
    const content = new Uint8Array(new ArrayBuffer(meta.size))
    let size = 0
    for await (const chunk of chunks) {
      if (size + chunk.length > meta.size) throw new Error('more octets came than were announced')
      content.set(chunk, size)
      size += chunk.length
    }
    if (size !== meta.size) throw new Error('fewer octets came than were announced')
    const { copy, sealed } = await this.#crew
      .next()
      .ask('prepare', { tenant, meta, content }, [content.buffer])
    const moved = [sealed.buffer as ArrayBuffer]
    return this.#stored(
      tenant.tenantId,
      now,
      this.#thread('write').ask('take', { tenant, now, copy, sealed }, moved),
    )
  }

  /** Whether the store keeps what it is given is what an alert tells of. */
  async #stored<T>(tenantId: string, now: number, work: Promise<T>): Promise<T> {
    try {
      const done = await work
      this.#troubles.delete(tenantId)
      return done
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#troubles.set(tenantId, { since: this.#troubles.get(tenantId)?.since ?? now, tenantId, why })
      throw error
    }
  }

  /** A search finds all that was acknowledged: what waits for the index is brought in before. */
  async #settle(tenantId: string): Promise<void> {
    const known = this.#settled.get(tenantId)
    if (known !== undefined) return void (await known)
    const tenant = await this.wordOf(tenantId)
    if (tenant === null) return
    // An index that cannot be written still answers with what it has.
    const settling = this.#thread('write')
      .ask('settle', { tenant })
      .catch((error: unknown) => {
        this.#settled.delete(tenantId)
        this.#options.emit('control.request.failed', { what: 'index of the archive', error })
      })
    if (this.#settled.size >= WORDS_KEPT_MAX) this.#settled.clear()
    this.#settled.set(tenantId, settling)
    await settling
  }

  async #takeGrowing(tenant: TenantWord, { meta, chunks, now }: Coming): Promise<Taken> {
    const writer = this.#thread('write')
    this.#uploads += 1
    const upload = this.#uploads
    await this.#stored(tenant.tenantId, now, writer.ask('grow-begin', { upload, tenant }))
    try {
      let size = 0
      for await (const chunk of chunks) {
        size += chunk.length
        // One at a time: what the disk has not taken is not read.
        await this.#stored(tenant.tenantId, now, writer.ask('grow-chunk', { upload, chunk }))
      }
      if (size !== meta.size) throw new Error('other octets came than were announced')
      return await this.#stored(tenant.tenantId, now, writer.ask('grow-end', { upload, meta, now }))
    } catch (error) {
      await writer.ask('grow-discard', { upload }).catch(() => undefined)
      throw error
    }
  }

  #note({ tenantId, as, receivedAt }: UploadMeta, { kind, head, flagged }: Taken, now: number): void {
    this.#noteHead(tenantId, head)
    if (as === 'journal' && kind !== 'known') {
      const counted = this.#journal.get(tenantId) ?? { at: now, reports: 0, flagged: 0 }
      counted.at = Math.max(counted.at, receivedAt)
      counted.reports += 1
      if (flagged) counted.flagged += 1
      this.#journal.set(tenantId, counted)
    }
  }

  #noteHead(tenantId: string, head: Head): void {
    if ((this.#heads.get(tenantId)?.seq ?? 0) < head.seq) this.#heads.set(tenantId, head)
    this.#notes ??= setTimeout(() => {
      this.#notes = null
      void this.flush().catch((error: unknown) => {
        this.#options.emit('control.request.failed', { what: 'archive notes', error })
      })
    }, NOTES_MS).unref()
  }

  async #writeNotes(): Promise<void> {
    const { db } = this.#options.store
    for (const [tenantId, head] of [...this.#heads]) {
      await noteHead(db, tenantId, head)
      if (this.#heads.get(tenantId) === head) this.#heads.delete(tenantId)
    }
    for (const [tenantId, counted] of [...this.#journal]) {
      this.#journal.delete(tenantId)
      await countJournal(db, tenantId, counted)
    }
  }

  #thread(role: 'write' | 'read'): ArchiveThread {
    const known = this.#threads.get(role)
    if (known !== undefined && !known.isGone) return known
    const thread = new ArchiveThread(this.#start(role))
    this.#threads.set(role, thread)
    return thread
  }

  #start(role: 'prepare' | 'write' | 'read' | 'check') {
    return {
      role,
      indexFolder: join(this.#folder, 'index'),
      temporaryFolder: join(this.#folder, 'coming'),
      content: this.#options.content,
    }
  }
}

type Coming = {
  readonly meta: UploadMeta
  readonly chunks: AsyncIterable<Uint8Array>
  readonly now: number
}

/** The secret of an archive in base64. Throws `SecretUnreadable`. */
export function openKey(setting: ArchiveSetting, secrets: Pick<SecretBox, 'open'>): string {
  return secrets.open(setting.key, {
    tenantId: setting.tenant_id,
    column: KEY_COLUMN,
    id: setting.key_id,
  })
}
