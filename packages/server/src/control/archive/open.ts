// Opens the archive as the operator's configuration says: content in a folder, or in a bucket that speaks S3.
import { join } from 'node:path'
import type { BootConfig } from '#boot/config-types.ts'
import { Archive, type ArchiveOptions } from './archive.ts'
import type { StoreOptions } from './content-store.ts'

export function openArchive(
  options: Omit<ArchiveOptions, 'content' | 'dataFolder'> & {
    readonly config: Pick<BootConfig, 'data' | 'archive'>
  },
): Archive {
  const { config, ...rest } = options
  return new Archive({ ...rest, dataFolder: config.data, content: contentOf(config) })
}

function contentOf({ data, archive }: Pick<BootConfig, 'data' | 'archive'>): StoreOptions {
  if (archive?.s3) return { kind: 's3', ...archive.s3 }
  return { kind: 'files', folder: archive?.folder ?? join(data, 'archive', 'content') }
}
