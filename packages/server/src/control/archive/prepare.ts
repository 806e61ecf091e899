// Reads and seals one message for the archive: work for a processor, and none for a disk. Runs in threads
// of its own, so that the one that writes only writes.
import { type Extract, extract, mergePeople, unwrap } from './extract.ts'
import type { Copy } from './ledger.ts'
import { type ArchiveKeys, archiveKeys, Sealer } from './seal.ts'
import type { TenantWord, UploadMeta } from './thread-wire.ts'
import { docOf } from './words.ts'

/** A copy that was read, with its sealed content. */
export type Prepared = { readonly copy: Copy; readonly sealed: Uint8Array }

const keysKept = new Map<string, ArchiveKeys>()
const KEYS_KEPT_MAX = 1_000

/** Takes apart, indexes and seals. Never fails on what a message holds. */
export function prepare({
  tenant,
  meta,
  content,
}: {
  readonly tenant: TenantWord
  readonly meta: UploadMeta
  readonly content: Uint8Array
}): Prepared {
  const octets = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  const { original, people, flags, fault } =
    meta.as === 'journal' ? unwrap(octets) : { original: octets, people: [], flags: [], fault: null }
  const found = extract(original, meta.receivedAt)
  const sealer = new Sealer(keysOf(tenant))
  const parts = sealer.update(original)
  const last = sealer.end()
  parts.push(...last.parts)
  const told = { people, flags, fault, digest: last.address, size: original.length, found }
  return { copy: copyOf(tenant, meta, told), sealed: joined(parts) }
}

/** The keys of an organisation's archive, derived once. */
export function keysOf({ tenantId, secret }: TenantWord): ArchiveKeys {
  const name = `${tenantId} ${secret}`
  let keys = keysKept.get(name)
  if (keys === undefined) {
    keys = archiveKeys(Buffer.from(secret, 'base64'))
    if (keysKept.size >= KEYS_KEPT_MAX) keysKept.clear()
    keysKept.set(name, keys)
  }
  return keys
}

type Told = Pick<Copy, 'people' | 'flags' | 'fault' | 'digest' | 'size'> & { readonly found: Extract }

/** The gateway knows the envelope of what passed it; of a journal's report, the report tells it. */
export function copyOf({ domains }: TenantWord, meta: UploadMeta, told: Told): Copy {
  const { delivery, as, reversePath, forwardPaths, isHeld } = meta
  const { found } = told
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
  const named = people.length > 0 ? people : found.people
  const isFromUs = named.some(({ as: side, address }) => side === 'from' && isOwn(address))
  const isToOthers = named.some(({ as: side, address }) => side !== 'from' && !isOwn(address))
  const journalled = isFromUs ? (isToOthers ? 'outbound' : 'internal') : 'inbound'
  const direction = as === 'gateway' ? meta.direction : journalled
  const flags = isHeld ? [...told.flags, 'held' as const] : told.flags
  const { text, ...header } = found
  const doc = docOf({
    subject: found.subject,
    people: mergePeople(found.people, people),
    attachments: found.attachments,
    flags: [...found.flags, ...flags],
    direction,
    sources: [as],
    text,
  })
  return { ...told, found: header, delivery, source: as, direction, people, flags, doc }
}

/** In a memory of its own, because it moves to another thread. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(new ArrayBuffer(parts.reduce((sum, part) => sum + part.length, 0)))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
