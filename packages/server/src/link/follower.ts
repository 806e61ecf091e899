// Brings snapshots to an edge: long-polls, fetches missing shards, checks them, keeps last-good, then swaps
// one reference.
import type { Emit } from '#events/emit.ts'
import type { Clock } from '#platform/clock.ts'
import { readText, replaceFile } from '#platform/files.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { LinkClient } from './client.ts'
import { indexOf, type SnapshotHolder } from './holder.ts'
import { LONG_POLL_MS, linkPaths } from './protocol.ts'
import type { Replica } from './replica.ts'
import { SnapshotIndex, shardDigest, TenantShard } from './snapshot.ts'

const RETRY_MS = 300
/** Longer means the replica's writer is in trouble; settings then go ahead alone. */
const REPLICA_WAIT_MS = 10_000

type Options = {
  readonly client: LinkClient
  readonly holder: SnapshotHolder
  readonly replica: Replica
  readonly clock: Clock
  readonly emit: Emit
  readonly node: string
  readonly slot: number
  /** Where last-good is kept; slot 0 writes it. */
  readonly lastGoodPath: string
  readonly signal: AbortSignal
}

type LastGood = { readonly index: unknown; readonly shards: readonly unknown[] }

/** Adopts last-good from disk, if any; then follows control until the signal aborts. */
export async function followSnapshots(options: Options): Promise<void> {
  const shards = new Map<string, TenantSettings>()
  let version = adoptLastGood(options, shards)
  let isTroubled = false
  while (!options.signal.aborted) {
    try {
      const index = await nextIndex(options, version)
      if (!index) continue
      await fetchShards(options, index, shards)
      await waitForReplica(options, index.feedPosition)
      const current = index.shards.map(({ digest }) => shards.get(digest)!)
      if (options.slot === 0) {
        replaceFile(options.lastGoodPath, JSON.stringify({ index, shards: current } satisfies LastGood))
      }
      options.holder.adopt(indexOf(index.version, current))
      version = index.version
      forget(shards, index)
      isTroubled = false
      options.emit('link.snapshot.adopted', { version, tenants: current.length })
    } catch (error) {
      if (options.signal.aborted) return
      const why = error instanceof Error ? error.message : String(error)
      if (!isTroubled) options.emit('link.unreachable', { what: 'snapshots', why })
      isTroubled = true
      await options.clock.sleep(RETRY_MS, options.signal)
    }
  }
}

function adoptLastGood(options: Options, shards: Map<string, TenantSettings>): number {
  const text = readText(options.lastGoodPath)
  if (text === null) return -1
  try {
    const stored = JSON.parse(text) as LastGood
    const index = SnapshotIndex.parse(stored.index)
    const current = stored.shards.map((shard) => TenantShard.parse(shard))
    for (const shard of current) shards.set(shardDigest(shard), shard)
    options.holder.adopt(indexOf(index.version, current))
    // Asked again in full: control may have been restored to an older version than ours.
    options.emit('link.snapshot.adopted', { version: index.version, tenants: current.length, lastGood: true })
    return -1
  } catch (error) {
    options.emit('link.rejected', { what: 'last-good snapshot', error })
    return -1
  }
}

async function nextIndex(
  { client, node, slot, signal }: Options,
  have: number,
): Promise<SnapshotIndex | null> {
  const query = new URLSearchParams({ node, slot: String(slot), have: String(have) })
  const { status, text } = await client.get(`${linkPaths.snapshot}?${query}`, {
    timeoutMs: LONG_POLL_MS + 10_000,
    signal,
  })
  if (status === 204) return null
  if (status !== 200) throw new Error(`snapshot: ${status}`)
  return SnapshotIndex.parse(JSON.parse(text))
}

async function fetchShards(
  { client, signal }: Options,
  index: SnapshotIndex,
  shards: Map<string, TenantSettings>,
): Promise<void> {
  for (const { tenantId, digest } of index.shards) {
    if (shards.has(digest)) continue
    const { status, text } = await client.get(`${linkPaths.shard}${digest}`, { timeoutMs: 10_000, signal })
    if (status !== 200) throw new Error(`shard of ${tenantId}: ${status}`)
    const shard = TenantShard.parse(JSON.parse(text))
    if (shard.tenantId !== tenantId || shardDigest(shard) !== digest) {
      throw new Error(`shard of ${tenantId} is not what its digest says`)
    }
    shards.set(digest, shard)
  }
}

async function waitForReplica({ replica, clock, signal }: Options, position: number): Promise<void> {
  const until = clock.now() + REPLICA_WAIT_MS
  while (replica.position() < position && clock.now() < until && !signal.aborted)
    await clock.sleep(15, signal)
}

function forget(shards: Map<string, TenantSettings>, index: SnapshotIndex): void {
  const wanted = new Set(index.shards.map(({ digest }) => digest))
  for (const digest of shards.keys()) if (!wanted.has(digest)) shards.delete(digest)
}
