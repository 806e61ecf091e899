// A file's octets in pieces, for whoever sends them on: memory stays bounded however large the file is.
import { createReadStream } from 'node:fs'

const CHUNK_OCTETS = 256 * 1024

/** Rejects in the middle when the file cannot be read. */
export async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_OCTETS })) yield chunk as Uint8Array
}
