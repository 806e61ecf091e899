// Large content: streamed to a file of its own while it is received, so that memory stays bounded
// (architecture §6).
import { randomBytes } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Content, type ContentFile, SpoolUnavailable } from './spool.ts'

/** Read at once when content is sent: a few socket buffers full. */
const READ_BYTES = 256 * 1024

/** Creates the file. Every fault of the disk comes out as `SpoolUnavailable`. */
export async function createContentFile(folder: string): Promise<ContentFile> {
  const name = randomBytes(15).toString('hex')
  const path = join(folder, name)
  const handle = await guarded(() => open(path, 'wx', 0o600))
  let size = 0
  let isOpen = true
  const close = async (): Promise<void> => {
    if (!isOpen) return
    isOpen = false
    await handle.close()
  }
  return {
    path,
    write: (chunk) =>
      guarded(async () => {
        await handle.writeFile(chunk)
        size += chunk.length
      }),
    finish: () =>
      guarded(async (): Promise<Content> => {
        await handle.sync()
        await close()
        await syncFolder(folder)
        return { kind: 'file', name, size }
      }),
    discard: async () => {
      await close().catch(() => undefined)
      await rm(path, { force: true }).catch(() => undefined)
    },
  }
}

/**
 * The file's bytes in chunks; opened when the first is asked for. With `reuse` all chunks share one memory: a
 * large message else leaves garbage behind faster than it is collected.
 */
export async function* readContentFile(
  path: { readonly folder: string; readonly name: string },
  reuse = false,
): AsyncGenerator<Uint8Array> {
  const handle = await guarded(() => open(join(path.folder, path.name), 'r'))
  try {
    const shared = reuse ? Buffer.allocUnsafeSlow(READ_BYTES) : null
    for (;;) {
      const target = shared ?? Buffer.allocUnsafe(READ_BYTES)
      const { bytesRead } = await guarded(() => handle.read(target, 0, READ_BYTES))
      if (bytesRead === 0) return
      yield target.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

/** The name in the folder must survive a power cut too, or the content is there and cannot be found. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new SpoolUnavailable(error instanceof Error ? error.message : String(error), { cause: error })
  }
}
