// Which store holds the sealed content: a folder, or a bucket that speaks S3. The operator's choice.
import { openContentFiles } from '#platform/content-files.ts'
import { openPackFiles } from '#platform/content-packs.ts'
import { openBucket, type S3Options } from '#platform/s3.ts'
import { PackedContent } from './packed-content.ts'
import { PlaceFiles } from './places.ts'

export type StoreOptions =
  | { readonly kind: 'files'; readonly folder: string }
  | ({ readonly kind: 's3' } & S3Options)

/** Where things stand is written by one thread and read by others. */
export function openContentStore(
  options: StoreOptions,
  index: { readonly folder: string; readonly isReader: boolean },
): PackedContent {
  const places = new PlaceFiles(index.folder, index.isReader)
  if (options.kind === 'files') {
    const { folder } = options
    return new PackedContent({ singles: openContentFiles(folder), packs: openPackFiles(folder), places })
  }
  const bucket = openBucket(options)
  return new PackedContent({ singles: bucket, packs: bucket.packs, places })
}
