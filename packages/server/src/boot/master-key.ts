// Where the key that seals secrets is. By itself, so that an edge that asks loads nothing of the supervisor.
import { join } from 'node:path'
import type { BootConfig } from './config-types.ts'

/** The file of the key that seals secrets. Ours is made at first start; one that is named must be there. */
export function masterKeyOf({ masterKeyFile, data }: BootConfig): string {
  return masterKeyFile ?? join(data, 'keys', 'master.key')
}
