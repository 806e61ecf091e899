// The publisher: turns changed tenants into shards, shards into a version, and tells whoever waits for it.
import type { Emit } from '#events/emit.ts'
import type { Clock } from '#platform/clock.ts'
import type { TenantSettings } from '#policy/settings.ts'
import { compileTenant, type TenantRows } from './compile.ts'
import type { FeedItem, FeedPage } from './feed-page.ts'
import { FEED_PAGE_MAX } from './protocol.ts'
import { SHARD_FORMAT, type SnapshotIndex, shardDigest, TenantShard } from './snapshot.ts'
import { Wake } from './wake.ts'

export type DirtyTenant = { readonly tenantId: string; readonly mark: number }
export type StoredShard = { readonly tenantId: string; readonly digest: string; readonly body: string }

export type FilledPage = {
  readonly items: readonly Omit<FeedItem, 'position'>[]
  readonly next: string | null
}

/** What the publisher asks of storage; control implements it over the store. */
export type PublishingStore = {
  /** The newest version, 0 before the first. */
  version(): Promise<number>
  shards(): Promise<readonly StoredShard[]>
  shard(digest: string): Promise<string | null>
  dirty(limit: number): Promise<readonly DirtyTenant[]>
  /** Null when the tenant is gone. */
  rowsOf(tenantId: string): Promise<TenantRows | null>
  /** In one transaction: the shards, the version, and the marks cleared that did not rise meanwhile. */
  publish(change: {
    readonly version: number
    readonly feedPosition: number
    readonly shards: readonly StoredShard[]
    readonly compiled: readonly DirtyTenant[]
    readonly now: number
  }): Promise<void>
  feedPosition(): Promise<number>
  /** Positions up to this one may lack removals: readers at or below start over. */
  feedFloor(): Promise<number>
  /** At least `limit` items where there are that many; those of one position stay together. */
  feed(after: number, limit: number): Promise<readonly FeedItem[]>
  /** Entries of lists that are read from their tables, in an order of theirs; `next` null is the end. */
  fill(cursor: string, limit: number): Promise<FilledPage>
  /** Forgets what later items replace, and removals older than `before`. */
  compactFeed(before: number): Promise<void>
}

/** Compiled at once: bounds memory when everything is dirty. */
const TENANTS_PER_ROUND_MAX = 200
/** A backstop for changes that nobody announced, such as those of the command line. */
const LOOK_MS = 1_000
const COMPACT_MS = 24 * 3_600_000
/** An edge that was away longer fetches the whole list again. */
const REMOVALS_KEPT_MS = 30 * 24 * 3_600_000

type Options = {
  readonly store: PublishingStore
  readonly clock: Clock
  readonly emit: Emit
  /** Told whenever the validated domains changed: domain → tenant. */
  readonly domainsChanged?: (domains: ReadonlyMap<string, string>) => void
}

export class Publisher {
  readonly #options: Options
  readonly #digests = new Map<string, string>()
  readonly #domains = new Map<string, readonly string[]>()
  readonly #versions: Wake
  readonly #stopped = new AbortController()
  #version = 0
  #publishedAt = 0
  #feedPosition = 0
  /** The feed position that the newest version needs. */
  #neededPosition = 0
  #working: Promise<void> | null = null
  #again = false
  /** Changes announced so far, and how many of them a finished round has covered. */
  #announced = 0
  #covered = 0

  constructor(options: Options) {
    this.#options = options
    this.#versions = new Wake(options.clock)
  }

  /** Reads what was published, publishes what is waiting, and goes on by itself. */
  async start(): Promise<void> {
    const { store } = this.#options
    this.#version = await store.version()
    for (const { tenantId, digest, body } of await store.shards()) {
      this.#digests.set(tenantId, digest)
      this.#domains.set(tenantId, domainsOf(JSON.parse(body) as TenantSettings))
    }
    await this.#publishAll()
    this.#neededPosition = this.#feedPosition
    this.#tellDomains()
    void this.#lookAgain()
    void this.#compact()
  }

  stop(): Promise<void> {
    this.#stopped.abort()
    this.#versions.wake()
    return this.#working ?? Promise.resolve()
  }

  /** Settings changed and are committed: publish now. Many calls at once are one round or two. */
  settingsChanged(): void {
    this.#announced += 1
    this.#publishSoon()
  }

  #publishSoon(): void {
    if (this.#stopped.signal.aborted) return
    if (this.#working) {
      this.#again = true
      return
    }
    const announced = this.#announced
    this.#working = this.#publishAll()
      .then(() => {
        this.#covered = announced
      })
      .catch((error) => this.#options.emit('control.request.failed', { what: 'publishing', error }))
      .finally(() => {
        this.#working = null
        if (this.#again) {
          this.#again = false
          this.#publishSoon()
        }
      })
  }

  version(): number {
    return this.#version
  }

  /** The newest version, or the one after it while an announced change waits to be published. */
  coveringVersion(): number {
    return this.#covered < this.#announced ? this.#version + 1 : this.#version
  }

  /** When the newest version was made in this process; 0 when it was read from storage. */
  publishedAt(): number {
    return this.#publishedAt
  }

  index(): SnapshotIndex {
    const shards = [...this.#digests].map(([tenantId, digest]) => ({ tenantId, digest }))
    return { format: SHARD_FORMAT, version: this.#version, feedPosition: this.#neededPosition, shards }
  }

  shard(digest: string): Promise<string | null> {
    return this.#options.store.shard(digest)
  }

  /** Waits until a version other than `have` is there. False when time is up. */
  otherVersion(have: number, ms: number, signal: AbortSignal): Promise<boolean> {
    return this.#versions.until(() => this.#version !== have || this.#isStopped(), ms, signal)
  }

  /** The page after a position; null when nothing came in time. */
  async feedPage(after: number, ms: number, signal: AbortSignal): Promise<FeedPage | null> {
    const { store } = this.#options
    const isAway = after < 0 || after > this.#feedPosition || after < (await store.feedFloor())
    const start = isAway ? 0 : after
    if (
      !isAway &&
      !(await this.#versions.until(() => this.#feedPosition > after || this.#isStopped(), ms, signal))
    )
      return null
    // The position is read before the items, so that a reader is never told it is current too early.
    const position = this.#feedPosition
    const items = await store.feed(start, FEED_PAGE_MAX)
    const page = { items: [...items], position: Math.max(position, items.at(-1)?.position ?? 0) }
    return isAway ? { ...page, restart: true, fill: '' } : { ...page, restart: false }
  }

  /**
   * A page of the lists that whoever starts over reads from their tables. Changes made meanwhile stand in the
   * feed behind `after`, so that in the end the reader has what the tables have.
   */
  async fillPage(after: number, cursor: string): Promise<FeedPage> {
    const { items, next } = await this.#options.store.fill(cursor, FEED_PAGE_MAX)
    const filled = items.map((item) => ({ position: after, ...item }))
    return { items: filled, position: Math.max(this.#feedPosition, after), restart: false, fill: next }
  }

  #isStopped(): boolean {
    return this.#stopped.signal.aborted
  }

  async #publishAll(): Promise<void> {
    const { store } = this.#options
    let count = TENANTS_PER_ROUND_MAX
    while (count === TENANTS_PER_ROUND_MAX || this.#version === 0) {
      const dirty = await store.dirty(TENANTS_PER_ROUND_MAX)
      count = dirty.length
      if (count > 0 || this.#version === 0) await this.#publishRound(dirty)
    }
    const position = await store.feedPosition()
    if (position !== this.#feedPosition) {
      this.#feedPosition = position
      this.#versions.wake()
    }
  }

  async #publishRound(compiled: readonly DirtyTenant[]): Promise<void> {
    const { store, clock, emit } = this.#options
    const shards: StoredShard[] = []
    const gone: string[] = []
    for (const { tenantId } of compiled) {
      const rows = await store.rowsOf(tenantId)
      if (!rows) {
        gone.push(tenantId)
        continue
      }
      const settings = compileTenant(rows)
      // Parsed into schema order first: the digest and the bytes on the wire are made from the same text.
      shards.push({
        tenantId,
        digest: shardDigest(settings),
        body: JSON.stringify(TenantShard.parse(settings)),
      })
    }
    const version = this.#version + 1
    const feedPosition = await store.feedPosition()
    await store.publish({ version, feedPosition, shards, compiled, now: clock.now() })
    for (const tenantId of gone) this.#forget(tenantId)
    const isOtherDomains = shards.map((shard) => this.#adopt(shard)).includes(true) || gone.length > 0
    this.#version = version
    this.#publishedAt = clock.now()
    this.#neededPosition = feedPosition
    this.#feedPosition = Math.max(this.#feedPosition, feedPosition)
    this.#versions.wake()
    if (isOtherDomains) this.#tellDomains()
    emit('control.snapshot.published', { version, tenants: compiled.length })
  }

  /** Takes a shard in; true when its domains differ from before. */
  #adopt({ tenantId, digest, body }: StoredShard): boolean {
    const domains = domainsOf(JSON.parse(body) as TenantSettings)
    const before = this.#domains.get(tenantId) ?? []
    this.#digests.set(tenantId, digest)
    this.#domains.set(tenantId, domains)
    return before.join(' ') !== domains.join(' ')
  }

  #forget(tenantId: string): void {
    this.#digests.delete(tenantId)
    this.#domains.delete(tenantId)
  }

  #tellDomains(): void {
    const all = new Map<string, string>()
    for (const [tenantId, domains] of this.#domains) for (const domain of domains) all.set(domain, tenantId)
    this.#options.domainsChanged?.(all)
  }

  async #lookAgain(): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      await this.#options.clock.sleep(LOOK_MS, signal)
      this.#publishSoon()
    }
  }

  async #compact(): Promise<void> {
    const { store, clock, emit } = this.#options
    const { signal } = this.#stopped
    while (!signal.aborted) {
      await clock.sleep(COMPACT_MS, signal)
      if (signal.aborted) return
      await store
        .compactFeed(clock.now() - REMOVALS_KEPT_MS)
        .catch((error) => emit('control.request.failed', { what: 'compacting the feed', error }))
    }
  }
}

function domainsOf({ domains }: TenantSettings): readonly string[] {
  return domains.map(({ name }) => name)
}
