// Reads the directory whole, then pushes the listing in numbered chunks; after a cut it goes on where the
// gateway stopped hearing.
import { randomUUID } from 'node:crypto'
import { type AgentEntry, CHUNK_BYTES_MAX, CHUNK_ENTRIES_MAX } from '@gatepost/contract/agent.ts'
import type { DirectoryEntry, DirectoryReader } from '@gatepost/directory/entry.ts'
import { type Gateway, GatewayFault } from './gateway.ts'
import type { Effects } from './platform.ts'

/** Chunks of about this size pass every proxy; one entry alone may be larger. */
const CHUNK_BYTES = 500_000
/** First rest after a cut, doubled up to the longest. */
const REST_MS = 1_000
const REST_MS_MAX = 60_000
/** A cut that lasts longer ends the push; the next listing is newer anyway. */
const CUT_MS_MAX = 6 * 3_600_000

export type Listing = {
  readonly chunks: readonly (readonly AgentEntry[])[]
  readonly entries: number
  readonly notListed: readonly string[]
}

/** Reads everything. Throws the reader's `DirectoryFault`; a listing that is not whole is none. */
export async function readListing(reader: DirectoryReader, signal: AbortSignal): Promise<Listing> {
  const chunks: AgentEntry[][] = []
  let chunk: AgentEntry[] = []
  let bytes = 0
  let entries = 0
  let notListed: readonly string[] | null = null
  for await (const event of reader.read({ cursor: null, signal })) {
    if (event.kind === 'end') notListed = event.notListed
    if (event.kind !== 'entry') continue
    const entry = entryOf(event.entry)
    const size = JSON.stringify(entry).length * 2
    if (size > CHUNK_BYTES_MAX) throw new Error(`The entry ${entry.name} is too large to be pushed.`)
    if (chunk.length > 0 && (bytes + size > CHUNK_BYTES || chunk.length === CHUNK_ENTRIES_MAX)) {
      chunks.push(chunk)
      chunk = []
      bytes = 0
    }
    chunk.push(entry)
    bytes += size
    entries += 1
  }
  if (notListed === null) throw new Error('The directory’s listing broke off.')
  if (chunk.length > 0) chunks.push(chunk)
  return { chunks, entries, notListed }
}

/** Field by field, so that nothing else can leave the network. */
function entryOf(entry: DirectoryEntry): AgentEntry {
  const { externalId, kind, email, aliases, name, userName, signInEnabled, members, place } = entry
  return {
    externalId,
    kind,
    email,
    aliases: [...aliases],
    name,
    userName,
    signInEnabled,
    attributes: [...entry.attributes],
    members: [...members],
    place,
  }
}

/**
 * Pushes a listing. Waits through cuts of the network; throws `GatewayFault` for what waiting cannot mend.
 */
export async function pushListing(
  listing: Listing,
  gateway: Gateway,
  { now, pause, say, signal }: Pick<Effects, 'now' | 'pause' | 'say'> & { readonly signal: AbortSignal },
): Promise<void> {
  const push = randomUUID()
  const { chunks, entries, notListed } = listing
  let restMs = REST_MS
  let cutSince: number | null = null
  for (;;) {
    try {
      const received = new Set(await gateway.begin(push, signal))
      if (cutSince !== null) say(`the gateway is back; ${received.size} of ${chunks.length} chunks are there`)
      cutSince = null
      restMs = REST_MS
      for (const [number, chunk] of chunks.entries())
        if (!received.has(number)) await gateway.put(push, number, chunk, signal)
      const { state } = await gateway.complete(push, { chunks: chunks.length, entries, notListed }, signal)
      if (state === 'complete') return
    } catch (error) {
      if (!(error instanceof GatewayFault) || error.kind !== 'unreachable') throw error
      cutSince ??= now()
      if (now() - cutSince > CUT_MS_MAX) throw error
      say(`${error.message} Trying again in ${Math.round(restMs / 1000)} s.`)
    }
    await pause(restMs, signal)
    signal.throwIfAborted()
    restMs = Math.min(restMs * 2, REST_MS_MAX)
  }
}
