// Writes a ZIP file piece by piece: what goes in is never held whole, and the file has its digest when it is
// done.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Zip, ZipDeflate } from 'fflate'

export type ZipPart = {
  /** Path inside the file. */
  readonly name: string
  readonly content: AsyncIterable<string> | Iterable<string>
}

/** Writes all parts in order, readable by us alone, synced at the end. Rejects with what the disk says. */
export async function writeZip(
  path: string,
  parts: readonly ZipPart[],
  onPart: (name: string, done: number) => Promise<void>,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const file = await open(path, 'w', 0o600)
  try {
    return await written(file, parts, onPart)
  } finally {
    await file.close()
  }
}

/** The bytes of a file as they are read. */
export function readFileStream(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path)
}

async function written(
  file: FileHandle,
  parts: readonly ZipPart[],
  onPart: (name: string, done: number) => Promise<void>,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  let ready: Uint8Array[] = []
  let fault: Error | null = null
  const zip = new Zip((error, chunk) => {
    if (error) fault = error
    else ready.push(chunk)
  })
  const flush = async (): Promise<void> => {
    if (fault !== null) throw fault
    for (const chunk of ready) {
      hash.update(chunk)
      bytes += chunk.length
      await file.write(chunk)
    }
    ready = []
  }
  const encoder = new TextEncoder()
  for (const [done, part] of parts.entries()) {
    await onPart(part.name, done)
    const entry = new ZipDeflate(part.name, { level: 6 })
    zip.add(entry)
    for await (const text of part.content) {
      entry.push(encoder.encode(text))
      await flush()
    }
    entry.push(new Uint8Array(), true)
    await flush()
  }
  zip.end()
  await flush()
  await file.sync()
  return { bytes, sha256: hash.digest('hex') }
}
