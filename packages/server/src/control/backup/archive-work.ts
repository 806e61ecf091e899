// What of the archive a backup holds: the months of every organisation, then where contents stand, then the
// contents, so that what one of them names is in the next one too.
import { join } from 'node:path'
import type { BootConfig } from '#boot/config-types.ts'
import { foldersBelow } from '#platform/backup-files.ts'
import { filesIn } from '#platform/files.ts'
import { PLACES_FILE } from '../archive/places.ts'
import type { CopyWork } from './copy-thread.ts'

export const MONTH_FILE = /^\d{4}-\d{2}\.db$/

export function archiveWork(
  { data, archive }: Pick<BootConfig, 'data' | 'archive'>,
  folder: string,
): Pick<CopyWork, 'databases' | 'contents'> & { readonly tenants: readonly string[] } {
  const index = join(data, 'archive', 'index')
  const tenants = foldersBelow(index)
  const pairs = (wanted: (name: string) => boolean) =>
    tenants.flatMap((tenantId) =>
      filesIn(join(index, tenantId))
        .filter(wanted)
        .map((name) => ({
          from: join(index, tenantId, name),
          to: join(folder, 'archive', 'index', tenantId, name),
        })),
    )
  // A bucket keeps what it has; where it stands there is in the files above.
  const contents = archive?.s3
    ? null
    : {
        from: archive?.folder ?? join(data, 'archive', 'content'),
        to: join(folder, 'archive', 'content'),
      }
  return {
    tenants,
    databases: [...pairs((name) => MONTH_FILE.test(name)), ...pairs((name) => name === PLACES_FILE)],
    contents,
  }
}
