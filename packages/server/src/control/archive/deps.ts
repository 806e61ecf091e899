// What the archive's use cases are given.
import type { ControlDeps } from '../scope.ts'
import type { Archive } from './archive.ts'

export type ArchiveDeps = Pick<ControlDeps, 'store' | 'clock' | 'emit' | 'link' | 'secrets' | 'config'> & {
  readonly archive: Archive
}
