// What only the owner of the data folder may do, over data/run/admin.sock: back up, and restart without a
// stop. These endpoints do not exist on the console's port. Also the shape of a backup's manifest.
import * as z from 'zod'
import { Nothing, Time } from './common.ts'
import { type Endpoint, endpoint } from './endpoint.ts'

/** Raised when a backup looks different; a restore refuses what is newer than it knows. */
export const BACKUP_FORMAT = 2

/** Every path that a backup may hold: a manifest cannot make a restore write elsewhere. */
const BACKUP_PATHS: readonly RegExp[] = [
  /^control\.db$/,
  /^tracking\/\d{4}-\d{2}-\d{2}\.db$/,
  /^spool\/\d{1,4}\.db$/,
  /^spool\/\d{1,4}\.content\/[0-9a-f]{1,64}$/,
  /^archive\/index\/[\w-]{1,80}\/(\d{4}-\d{2}\.db|places\.db|end\.json)$/,
  /^archive\/content\/[\w-]{1,80}\/packs\/\d{8}\.pack$/,
  /^archive\/content\/[\w-]{1,80}\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{16,128}$/,
  /^keys\/[A-Za-z0-9][\w.-]{0,60}$/,
]

/** Whether a backup may hold a file of this path: a backup leaves out what a restore would refuse. */
export function isBackupPath(path: string): boolean {
  return BACKUP_PATHS.some((pattern) => pattern.test(path))
}

/** Limits on what is read of a file that came from elsewhere. */
const FILES_MAX = 1_000_000

export const BackupManifest = z.object({
  format: z.int().min(1),
  /** Version of Gatepost that made it. */
  gatepost: z.string().max(50),
  node: z.string().max(200),
  createdAt: Time,
  database: z.enum(['sqlite', 'postgresql']),
  schema: z.object({ control: z.int(), spool: z.int(), tracking: z.int() }),
  workers: z.int(),
  withKeys: z.boolean(),
  messages: z.int(),
  files: z
    .array(
      z.object({
        path: z.string().refine(isBackupPath, 'It names a file that no backup holds.'),
        bytes: z.int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .max(FILES_MAX),
})
export type BackupManifest = z.infer<typeof BackupManifest>

/** What every manifest says, whatever else its format holds. */
export const BackupMade = z.object({ format: z.int(), gatepost: z.string().max(50) })

export const BackupState = z.object({
  id: z.string(),
  folder: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  /** Why it failed, and what to do. */
  why: z.string().nullable(),
  startedAt: Time,
  endedAt: Time.nullable(),
  database: z.enum(['sqlite', 'postgresql']),
  /** Messages in the queue that were copied. */
  messages: z.int(),
  files: z.int(),
  bytes: z.int(),
})
export type BackupState = z.infer<typeof BackupState>

export const startBackup = endpoint({
  name: 'startBackup',
  method: 'POST',
  path: '/v1/system/backups',
  tag: 'Installation',
  allow: 'system:write',
  summary: 'Begins a copy of everything into an empty folder of this machine, while mail goes on.',
  params: Nothing,
  query: Nothing,
  body: z.object({ folder: z.string().min(1).max(4_000), withKeys: z.boolean().default(false) }),
  output: BackupState,
  status: 202,
  problems: ['invalid-input'],
})

export const getBackup = endpoint({
  name: 'getBackup',
  method: 'GET',
  path: '/v1/system/backups/{backup}',
  tag: 'Installation',
  allow: 'system:read',
  summary: 'How far a backup is.',
  params: z.object({ backup: z.string() }),
  query: Nothing,
  body: Nothing,
  output: BackupState,
  status: 200,
  problems: ['not-found'],
})

export const restartGateway = endpoint({
  name: 'restartGateway',
  method: 'POST',
  path: '/v1/system/restart',
  tag: 'Installation',
  allow: 'system:write',
  summary: 'Starts control and each edge worker anew, one after the other, without cutting a message.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 202,
  problems: [],
})

export const localEndpoints: readonly Endpoint[] = [startBackup, getBackup, restartGateway]
