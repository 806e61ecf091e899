// Packs: files that many small contents stand in one behind the other, so that one disk sync serves a batch
// of them. Where what stands is not known here.
import { mkdirSync } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ContentMissing, syncFolder } from './content-files.ts'

/** Packs of each tenant by number. A number is never used for other octets that somebody was told of. */
export type Packs = {
  /** Whether a pack may be written to again; else each write makes a pack of its own. */
  readonly canGrow: boolean
  /** Writes octets at a place; resolves once they survive a power cut. */
  write(
    tenantId: string,
    pack: number,
    place: { readonly at: number; readonly octets: Buffer },
  ): Promise<void>
  /** Throws `ContentMissing` where the pack is not there or ends before. */
  read(tenantId: string, pack: number, place: PackRange): Promise<Buffer>
  remove(tenantId: string, pack: number): Promise<void>
  /** Lets go of what is open. */
  close(): Promise<void>
}

export type PackRange = { readonly at: number; readonly length: number }

/** Tenants whose pack stays open for the next batch. */
const OPEN_MAX = 64

/** Packs below `tenant/packs` of a folder of this machine. */
export function openPackFiles(folder: string): Packs {
  const growing = new Map<string, { readonly pack: number; readonly handle: FileHandle }>()
  const letGo = async (tenantId: string): Promise<void> => {
    const known = growing.get(tenantId)
    growing.delete(tenantId)
    await known?.handle.close()
  }
  const handleOf = async (tenantId: string, pack: number): Promise<FileHandle> => {
    const known = growing.get(tenantId)
    if (known?.pack === pack) return known.handle
    await letGo(tenantId)
    const [oldest] = growing.keys()
    if (growing.size >= OPEN_MAX && oldest !== undefined) await letGo(oldest)
    const parent = join(folder, tenantFolder(tenantId), 'packs')
    mkdirSync(parent, { recursive: true, mode: 0o700 })
    // Not emptied: what was told of before must stay when this one is written behind it.
    const handle = await open(join(parent, packName(pack)), 'a', 0o600).then(async (made) => {
      await made.close()
      return open(join(parent, packName(pack)), 'r+')
    })
    await syncFolder(parent)
    growing.set(tenantId, { pack, handle })
    return handle
  }
  return {
    canGrow: true,
    async write(tenantId, pack, { at, octets }) {
      const handle = await handleOf(tenantId, pack)
      try {
        for (let done = 0; done < octets.length; ) {
          const { bytesWritten } = await handle.write(octets, done, octets.length - done, at + done)
          done += bytesWritten
        }
        await handle.datasync()
      } catch (error) {
        // After a sync that failed nobody knows what a file holds: the next batch opens it anew.
        await letGo(tenantId).catch(() => undefined)
        throw error
      }
    },
    async read(tenantId, pack, { at, length }) {
      const path = join(folder, tenantFolder(tenantId), 'packs', packName(pack))
      const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
        throw new ContentMissing(`there is no pack ${pack}`, { cause: error })
      })
      try {
        const octets = Buffer.allocUnsafe(length)
        for (let done = 0; done < length; ) {
          const { bytesRead } = await handle.read(octets, done, length - done, at + done)
          if (bytesRead === 0) throw new ContentMissing(`pack ${pack} ends at ${at + done}`)
          done += bytesRead
        }
        return octets
      } finally {
        await handle.close()
      }
    },
    async remove(tenantId, pack) {
      if (growing.get(tenantId)?.pack === pack) await letGo(tenantId)
      await rm(join(folder, tenantFolder(tenantId), 'packs', packName(pack)), { force: true })
    },
    async close() {
      for (const tenantId of [...growing.keys()]) await letGo(tenantId)
    },
  }
}

/** `12` as `00000012.pack`: a listing shows them in their order. */
export function packName(pack: number): string {
  return `${String(pack).padStart(8, '0')}.pack`
}

/** Throws where an id could lead elsewhere. */
export function tenantFolder(tenantId: string): string {
  if (!/^[\w-]{1,80}$/.test(tenantId)) throw new Error(`“${tenantId}” is no id of an organisation`)
  return tenantId
}
