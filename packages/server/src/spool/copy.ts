// A copy of a spool that is at work: while the writer leaves the main file alone, its bytes are a whole
// database.
import { constants } from 'node:fs'
import { copyFile, link, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnswerOf, Counts } from './wire.ts'

/** Contents linked or copied at once: keeps the disk busy and file handles few. */
const AT_ONCE = 16

export type SpoolPlace = { readonly file: string; readonly contentFolder: string }

/** Asks of the writer thread, in which nothing touches the main file or removes contents between the two. */
export type CopyWindow = {
  begin(): Promise<AnswerOf['copy-begin']>
  end(): Promise<AnswerOf['copy-end']>
}

/**
 * Copies database and contents into `folder` as `slot.db` and `slot.content/`. The copy holds what was
 * durable when it began. Contents are linked where the disk is the same: they never change. Rejects when the
 * file had to be read again meanwhile (a disk fault, a stop).
 */
export async function copySpool(
  from: SpoolPlace & { readonly slot: number },
  folder: string,
  window: CopyWindow,
): Promise<Counts> {
  const target = placeOf(folder, from.slot)
  await mkdir(target.contentFolder, { recursive: true, mode: 0o700 })
  const { files, counts } = await window.begin()
  let isSpoiled = true
  try {
    await copyWhole(from.file, target.file)
    await copyContents(files, from.contentFolder, target.contentFolder)
  } finally {
    isSpoiled = (await window.end()).isSpoiled
  }
  if (isSpoiled) throw new Error(`the spool of slot ${from.slot} was reopened while it was copied; try again`)
  return counts
}

/** Where the spool of a slot stands below a folder. */
export function placeOf(folder: string, slot: number): SpoolPlace {
  return { file: join(folder, `${slot}.db`), contentFolder: join(folder, `${slot}.content`) }
}

/** The bytes, synced: a backup that a power cut undoes is none. */
async function copyWhole(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  const handle = await open(to, 'r+')
  try {
    await handle.chmod(0o600)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function copyContents(names: readonly string[], from: string, to: string): Promise<void> {
  const waiting = names.values()
  const work = async (): Promise<void> => {
    for (const name of waiting) {
      const [source, target] = [join(from, name), join(to, name)]
      await link(source, target).catch(() => copyWhole(source, target))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}
