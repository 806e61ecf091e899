// Room for the bodies that edges send, used again and again and shared with the thread that reads them: a
// fresh buffer for each, copied on its way, is memory outside of the heap whose growth makes V8 collect the
// whole heap.
import type { IncomingMessage } from 'node:http'

/** Most bodies fit; a full batch of reports is some megabytes. */
const ROOM_BYTES_MIN = 1_048_576
/** Rooms kept for the next bodies: about as many edges send at once. */
const ROOMS_KEPT_MAX = 4

/** A body is longer than it may be. */
export class BodyTooLong extends Error {}

export class BodyRooms {
  readonly #bytesMax: number
  readonly #free: SharedArrayBuffer[] = []

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Reads a body; `release` it once nobody looks at it any more. Rejects with BodyTooLong. */
  async read(request: IncomingMessage): Promise<{ readonly body: Buffer; release(): void }> {
    let room = this.#free.pop() ?? new SharedArrayBuffer(ROOM_BYTES_MIN)
    let size = 0
    for await (const chunk of request as AsyncIterable<Buffer>) {
      const wanted = size + chunk.length
      if (wanted > this.#bytesMax) {
        this.#keep(room)
        throw new BodyTooLong(`A body on the link is larger than ${this.#bytesMax} bytes`)
      }
      if (wanted > room.byteLength) room = grown(room, { size, wanted })
      new Uint8Array(room).set(chunk, size)
      size = wanted
    }
    return { body: Buffer.from(room, 0, size), release: () => this.#keep(room) }
  }

  #keep(room: SharedArrayBuffer): void {
    if (this.#free.length < ROOMS_KEPT_MAX) this.#free.push(room)
  }
}

function grown(
  room: SharedArrayBuffer,
  { size, wanted }: { readonly size: number; readonly wanted: number },
): SharedArrayBuffer {
  const larger = new SharedArrayBuffer(Math.max(wanted, room.byteLength * 2))
  new Uint8Array(larger).set(new Uint8Array(room, 0, size))
  return larger
}
