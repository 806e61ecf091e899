// Content kept as files by their addresses: two levels of folders, durable before anybody says it is kept.
import { createReadStream, mkdirSync } from 'node:fs'
import { access, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What keeps sealed content: a folder here, or a bucket elsewhere. Keys are `tenant/digest`. */
export type ContentStore = {
  /** Keeps octets; resolves once they survive a power cut. What is there already stays as it is. */
  put(key: string, parts: readonly Uint8Array[]): Promise<void>
  /** Takes over a file of this machine, which is gone afterwards. */
  putFile(key: string, path: string): Promise<void>
  /** The octets piece by piece; throws `ContentMissing`. */
  read(key: string): AsyncIterable<Uint8Array>
  has(key: string): Promise<boolean>
  remove(key: string): Promise<void>
}

/** Nothing is kept under this address. */
export class ContentMissing extends Error {}

const READ_BYTES = 256 * 1024

/** Content in a folder of this machine. */
export function openContentFiles(folder: string): ContentStore {
  const pathOf = (key: string): string => join(folder, ...placeOf(key))
  const made = new Set<string>()
  const folderOf = (path: string): string => {
    const parent = dirname(path)
    if (!made.has(parent)) {
      mkdirSync(parent, { recursive: true, mode: 0o700 })
      if (made.size >= FOLDERS_REMEMBERED_MAX) made.clear()
      made.add(parent)
    }
    return parent
  }
  let number = 0
  const has = (key: string): Promise<boolean> =>
    access(pathOf(key)).then(
      () => true,
      () => false,
    )
  return {
    async put(key, parts) {
      const path = pathOf(key)
      const parent = folderOf(path)
      if (await has(key)) return
      number += 1
      const temporary = `${path}.${process.pid}-${number}.new`
      const handle = await open(temporary, 'wx', 0o600)
      try {
        for (const part of parts) await handle.writeFile(part)
        await handle.datasync()
      } finally {
        await handle.close()
      }
      await rename(temporary, path)
      await syncFolder(parent)
    },
    async putFile(key, from) {
      const path = pathOf(key)
      const parent = folderOf(path)
      const handle = await open(from, 'r')
      await handle.sync()
      await handle.close()
      await rename(from, path)
      await syncFolder(parent)
    },
    async *read(key) {
      try {
        yield* createReadStream(pathOf(key), { highWaterMark: READ_BYTES }) as AsyncIterable<Uint8Array>
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        throw new ContentMissing(`no content is kept as ${key}`, { cause: error })
      }
    },
    has,
    remove: (key) => rm(pathOf(key), { force: true }),
  }
}

/** Folders known to be there; there are 65,536 of a tenant at most. */
const FOLDERS_REMEMBERED_MAX = 100_000

/** A file that a large message is gathered in before its address is known. */
export type GrowingFile = {
  readonly path: string
  write(part: Uint8Array): Promise<void>
  close(): Promise<void>
  discard(): Promise<void>
}

export async function openGrowingFile(folder: string, name: string): Promise<GrowingFile> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, name)
  const handle = await open(path, 'w', 0o600)
  return {
    path,
    write: async (part) => {
      await handle.writeFile(part)
    },
    close: () => handle.close(),
    async discard() {
      await handle.close().catch(() => undefined)
      await rm(path, { force: true })
    },
  }
}

/** Removes a folder with all that is in it. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
}

/** Names of the folders in a folder; none when there is no such folder. */
export async function foldersIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

/** `tenant/abcdef…` as `tenant`, `ab`, `cd`, `abcdef…`. */
export function placeOf(key: string): readonly string[] {
  const [tenant = '', digest = ''] = key.split('/')
  if (!/^[\w-]{1,80}$/.test(tenant) || !/^[0-9a-f]{16,128}$/.test(digest)) {
    throw new Error(`“${key}” is no address of content`)
  }
  return [tenant, digest.slice(0, 2), digest.slice(2, 4), digest]
}

/** The name in the folder must survive a power cut too. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A file piece by piece. */
export function readFilePieces(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Uint8Array>
}
