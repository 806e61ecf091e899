// Sealed content as the archive keeps it: small ones in packs, large ones and those of earlier releases by
// themselves. What is removed is gone from the disk once its packs were written anew.
import { ContentMissing, type ContentStore } from '#platform/content-files.ts'
import type { Packs } from '#platform/content-packs.ts'
import type { Place, Placed, PlaceFiles, Places } from './places.ts'
import { ContentSpoiled } from './seal.ts'

/** Larger ones are files of their own: a pack is read into memory when it is written anew. */
export const PACKED_OCTETS_MAX = 1_048_576
/** Then the next pack begins: as much as one removal may have to write anew. */
const PACK_OCTETS_MAX = 32 * 1_048_576
/** Packs whose contents are looked up together. */
const PACKS_PER_LOOK = 8
const MAGIC = Buffer.from('GPP1')
/** In front of each content: four letters, its length, its address. */
const HEADER_BYTES = 40
/** A pack that was written anew while it was read is looked for again. */
const READ_TRIES = 3

export type Sealed = { readonly digest: string; readonly octets: Uint8Array }

export class PackedContent {
  readonly #singles: ContentStore
  readonly #packs: Packs
  readonly #places: PlaceFiles

  constructor(parts: {
    readonly singles: ContentStore
    readonly packs: Packs
    readonly places: PlaceFiles
  }) {
    this.#singles = parts.singles
    this.#packs = parts.packs
    this.#places = parts.places
  }

  /** Keeps contents of an organisation with one sync; resolves once they survive a power cut. */
  async keep(tenantId: string, contents: readonly Sealed[]): Promise<void> {
    const places = this.#places.open(tenantId)!
    const fresh = new Map<string, Sealed>()
    for (const one of contents) if (places.find(one.digest) === null) fresh.set(one.digest, one)
    const records = [...fresh.values()].map(({ digest, octets }) => ({
      digest,
      octets: recordOf(digest, octets),
    }))
    await this.#append(tenantId, records, null)
  }

  /** Takes over a file of this machine, which is gone afterwards. */
  putFile(key: string, path: string): Promise<void> {
    return this.#singles.putFile(key, path)
  }

  /** The sealed octets of `tenant/digest`. Throws `ContentMissing` or `ContentSpoiled`. */
  async *read(key: string): AsyncGenerator<Uint8Array> {
    const [tenantId = '', digest = ''] = key.split('/')
    for (let tries = 1; ; tries += 1) {
      const place = this.#places.open(tenantId)?.find(digest) ?? null
      if (place === null) break
      try {
        yield await this.#readPlace(tenantId, digest, place)
        return
      } catch (error) {
        if (!(error instanceof ContentMissing) || tries >= READ_TRIES) throw error
      }
    }
    yield* this.#singles.read(key)
  }

  /** In words where a content stands, for whoever has to look at a disk. */
  whereIs(key: string): string {
    const [tenantId = '', digest = ''] = key.split('/')
    const place = this.#places.open(tenantId)?.find(digest) ?? null
    if (place === null) return `content ${digest}`
    return `pack ${place.pack}, octets ${place.at} to ${place.at + place.length - 1}`
  }

  /** Forgets contents. Those in packs are on the disk until `settle`. */
  async remove(tenantId: string, digests: readonly string[]): Promise<void> {
    const alone = this.#places.open(tenantId)!.forget(digests)
    for (const digest of alone) await this.#singles.remove(`${tenantId}/${digest}`)
  }

  /**
   * Writes packs anew that hold something removed, and removes the old ones. Picks up where it was stopped.
   */
  async settle(tenantId: string): Promise<void> {
    const places = this.#places.open(tenantId)!
    const numbers = places.withDead().map(({ number }) => number)
    for (let from = 0; from < numbers.length; from += PACKS_PER_LOOK) {
      const some = numbers.slice(from, from + PACKS_PER_LOOK)
      const standing = Map.groupBy(places.standingIn(some), ({ pack }) => pack)
      for (const number of some) {
        await this.#writeAnew(tenantId, { places, number, standing: standing.get(number) ?? [] })
      }
    }
  }

  /** Removes everything in packs of an organisation whose key is gone. */
  async destroy(tenantId: string): Promise<void> {
    for (const { number } of this.#places.open(tenantId)!.all()) await this.#packs.remove(tenantId, number)
    await this.#packs.close()
  }

  /** Lets go of an organisation's files, or of all. */
  async close(tenantId: string | null = null): Promise<void> {
    if (tenantId !== null) this.#places.close(tenantId)
    else {
      this.#places.closeAll()
      await this.#packs.close()
    }
  }

  async #writeAnew(
    tenantId: string,
    {
      places,
      number,
      standing,
    }: {
      readonly places: Places
      readonly number: number
      readonly standing: readonly Placed[]
    },
  ): Promise<void> {
    // As it is, damaged or not: a check must name what was damaged before.
    const records: Sealed[] = []
    for (const { digest, at, length } of standing) {
      records.push({ digest, octets: await this.#packs.read(tenantId, number, { at, length }) })
    }
    await this.#append(tenantId, records, number)
    await this.#packs.remove(tenantId, number)
    places.dropPack(number)
  }

  /** Content first, then where it stands; a failure between the two leaves octets that nothing speaks of. */
  async #append(tenantId: string, records: readonly Sealed[], not: number | null): Promise<void> {
    if (records.length === 0) return
    const places = this.#places.open(tenantId)!
    const last = places.last()
    const mayGrow =
      this.#packs.canGrow && last !== null && last.number !== not && last.octets < PACK_OCTETS_MAX
    const pack = mayGrow ? last.number : (last?.number ?? 0) + 1
    const begin = mayGrow ? last.octets : 0
    let at = begin
    const placed = records.map(({ digest, octets }): Placed => {
      const place = { digest, pack, at, length: octets.length }
      at += octets.length
      return place
    })
    await this.#packs.write(tenantId, pack, {
      at: begin,
      octets: Buffer.concat(records.map((one) => one.octets)),
    })
    places.note(pack, at, placed)
  }

  async #readPlace(tenantId: string, digest: string, place: Place): Promise<Uint8Array> {
    const octets = await this.#packs.read(tenantId, place.pack, place)
    const isTrue =
      octets.subarray(0, MAGIC.length).equals(MAGIC) &&
      octets.readUInt32BE(MAGIC.length) === octets.length - HEADER_BYTES &&
      octets.subarray(MAGIC.length + 4, HEADER_BYTES).toString('hex') === digest
    if (!isTrue) throw new ContentSpoiled('what stands at its place is another content')
    return octets.subarray(HEADER_BYTES)
  }
}

function recordOf(digest: string, sealed: Uint8Array): Buffer {
  const header = Buffer.alloc(MAGIC.length + 4)
  MAGIC.copy(header)
  header.writeUInt32BE(sealed.length, MAGIC.length)
  return Buffer.concat([header, Buffer.from(digest, 'hex'), sealed])
}
