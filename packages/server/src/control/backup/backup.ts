// A backup while mail goes on: spools first, then tracking, then settings, so that what one of them knows of
// the others is in the copy too. The manifest comes last; a folder without one is no backup.
import { isAbsolute, join, relative } from 'node:path'
import { Worker } from 'node:worker_threads'
import {
  BACKUP_FORMAT,
  BackupManifest,
  type BackupState,
  isBackupPath,
} from '@gatepost/contract/operations.ts'
import type { BootConfig } from '#boot/config-types.ts'
import type { Emit } from '#events/emit.ts'
import type { OrderResult } from '#link/orders.ts'
import { entriesOf, syncFolder } from '#platform/backup-files.ts'
import type { Clock } from '#platform/clock.ts'
import { ensureFolder, fileExists, filesIn, replaceFile } from '#platform/files.ts'
import { newId } from '#platform/random.ts'
import { migrations } from '#store/migrate.ts'
import { TRACKING_FORMAT } from '#store/tracking-schema.ts'
import { invalidInput, problem } from '../problem.ts'
import type { EdgeLink } from '../scope.ts'
import { archiveWork } from './archive-work.ts'
import type { CopyDone, CopyWork } from './copy-thread.ts'

export type BackupDeps = {
  readonly link: Pick<EdgeLink, 'orderFor'>
  readonly clock: Clock
  readonly emit: Emit
  readonly config: Pick<BootConfig, 'data' | 'database' | 'archive' | 'masterKeyFile'>
  /** Removes nothing from the archive while this work runs. */
  readonly archive: {
    keepingAll<T>(work: () => Promise<T>): Promise<T>
    /** Seals where a chain ended; null where there is none. */
    chainKeyOf(tenantId: string): Promise<Uint8Array | null>
  }
  readonly node: string
  readonly workers: number
  readonly version: string
  /** Of the spools of this release. */
  readonly spoolSchema: number
}

export type Backups = {
  /** Checks the folder and begins. Throws `invalid-input` with the reason. */
  start(input: { readonly folder: string; readonly withKeys: boolean }): BackupState
  /** Throws `not-found`. */
  get(id: string): BackupState
}

const MASTER_KEY = 'keys/master.key'
/** A spool of gigabytes takes a while: the edge is asked again until it is done. */
const ASK_AGAIN_MS = 500

/** One backup at a time; only the last one is remembered. */
export function createBackups(deps: BackupDeps): Backups {
  let last: BackupState | null = null
  return {
    start({ folder, withKeys }) {
      if (last?.state === 'running') throw invalidFolder(`A backup into ${last.folder} is running.`)
      prepareFolder(folder, deps.config.data)
      const { clock, config, emit } = deps
      const begun: BackupState = {
        id: newId('opr', clock.now()),
        folder,
        state: 'running',
        why: null,
        startedAt: clock.now(),
        endedAt: null,
        database: config.database === null ? 'sqlite' : 'postgresql',
        messages: 0,
        files: 0,
        bytes: 0,
      }
      last = begun
      run(begun, withKeys, deps).then(
        (done) => {
          last = { ...begun, ...done, state: 'done', endedAt: clock.now() }
          const { messages, bytes, files } = last
          emit('control.backup.done', { folder, messages, files, bytes, ms: clock.now() - begun.startedAt })
        },
        (error: unknown) => {
          const why = error instanceof Error ? error.message : String(error)
          last = { ...begun, state: 'failed', why, endedAt: clock.now() }
          emit('control.backup.failed', { folder, why })
        },
      )
      return begun
    },
    get(id) {
      if (last?.id !== id) throw problem('not-found')
      return last
    },
  }
}

async function run(
  { id, folder, startedAt, database }: BackupState,
  withKeys: boolean,
  deps: BackupDeps,
): Promise<Pick<BackupState, 'messages' | 'files' | 'bytes'>> {
  const { archive, config, node, workers, version, spoolSchema } = deps
  const slots = Array.from({ length: workers }, (_, slot) => slot)
  const counts = await Promise.all(slots.map((slot) => copySpools(slot, { id, folder }, deps)))
  const messages = counts.reduce((sum, count) => sum + count, 0)
  const { tenants, ...work } = workOf(folder, config, withKeys)
  const ends: { tenantId: string; key: Uint8Array; at: number }[] = []
  for (const tenantId of tenants) {
    const key = await archive.chainKeyOf(tenantId)
    if (key !== null) ends.push({ tenantId, key, at: startedAt })
  }
  const { files } = await archive.keepingAll(() => inThread({ ...work, ends }))
  const manifest: BackupManifest = {
    format: BACKUP_FORMAT,
    gatepost: version,
    node,
    createdAt: startedAt,
    database,
    schema: { control: migrations.at(-1)?.version ?? 0, spool: spoolSchema, tracking: TRACKING_FORMAT },
    workers,
    withKeys,
    messages,
    files: [...files],
  }
  const refusal = BackupManifest.safeParse(manifest).error?.issues[0]
  if (refusal !== undefined) {
    throw new Error(`a restore would refuse it: ${refusal.path.join('.')}: ${refusal.message}`)
  }
  replaceFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`)
  syncFolder(folder)
  return { messages, files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
}

/** The messages of all spools that a worker has open, its own and adopted ones. */
async function copySpools(
  slot: number,
  { id, folder }: Pick<BackupState, 'id' | 'folder'>,
  { link, clock, node }: BackupDeps,
): Promise<number> {
  for (;;) {
    const order = { kind: 'backup', id: newId('ord', clock.now()), backupId: id, folder } as const
    const result: OrderResult = await link.orderFor({ node, slot }, order)
    if (result.kind === 'backup' && result.isDone) return result.messages
    if (result.kind === 'failed') throw new Error(`Edge worker ${slot}: ${result.why}.`)
    await clock.sleep(ASK_AGAIN_MS)
  }
}

/** Control's own part: the archive alone with PostgreSQL, which brings its own tools. */
function workOf(
  folder: string,
  config: BackupDeps['config'],
  withKeys: boolean,
): Omit<CopyWork, 'ends'> & { readonly tenants: readonly string[] } {
  const { data, database } = config
  const days = filesIn(join(data, 'tracking')).filter((name) => /^\d{4}-\d{2}-\d{2}\.db$/.test(name))
  const names = database === null ? [...days.map((name) => `tracking/${name}`), 'control.db'] : []
  const pair = (name: string) => ({ from: join(data, name), to: join(folder, name) })
  const archive = archiveWork(config, folder)
  // The archive's chain may be longer than the settings remember, never shorter.
  const databases = [...names.map(pair), ...archive.databases]
  const { contents, tenants } = archive
  return { databases, files: withKeys ? keysOf(config, folder) : [], contents, folder, tenants }
}

/** The master key too where it stands elsewhere; what an editor left beside the keys is no part of it. */
function keysOf({ data, masterKeyFile }: BackupDeps['config'], folder: string): CopyWork['files'] {
  const names = filesIn(join(data, 'keys')).map((name) => `keys/${name}`)
  const elsewhere = masterKeyFile !== null && fileExists(masterKeyFile) ? masterKeyFile : null
  const ours = names.filter((name) => isBackupPath(name) && (elsewhere === null || name !== MASTER_KEY))
  const pairs = ours.map((name) => ({ from: join(data, name), to: join(folder, name) }))
  return elsewhere === null ? pairs : [...pairs, { from: elsewhere, to: join(folder, MASTER_KEY) }]
}

function inThread(workerData: CopyWork): Promise<CopyDone> {
  const worker = new Worker(new URL('./copy-thread.ts', import.meta.url), { workerData })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the thread that copies has ended')))
  })
}

/** The folder is made, or is there and empty; and it is not inside what is backed up. */
function prepareFolder(folder: string, data: string): void {
  if (!isAbsolute(folder)) throw invalidFolder('Name the folder by its full path.')
  const inside = relative(data, folder)
  if (inside === '' || !(inside.startsWith('..') || isAbsolute(inside))) {
    throw invalidFolder('Choose a folder outside the data folder, best on another disk.')
  }
  let entries: readonly string[] | null
  try {
    entries = entriesOf(folder)
    if (entries === null || entries.length === 0) ensureFolder(folder)
  } catch (error) {
    const why = (error as Error).message
    throw invalidFolder(`The folder cannot be used: ${why}. It must belong to the user that runs Gatepost.`)
  }
  if (entries !== null && entries.length > 0) {
    throw invalidFolder(`${folder} is not empty. Choose a new folder for each backup.`)
  }
}

function invalidFolder(message: string): Error {
  return invalidInput([{ path: '/folder', message }])
}
