// Which store holds the sealed content: a folder, or a bucket that speaks S3. The operator's choice.
import { type ContentStore, openContentFiles } from '#platform/content-files.ts'
import { openBucket, type S3Options } from '#platform/s3.ts'

export type StoreOptions =
  | { readonly kind: 'files'; readonly folder: string }
  | ({ readonly kind: 's3' } & S3Options)

export function openContentStore(options: StoreOptions): ContentStore {
  return options.kind === 'files' ? openContentFiles(options.folder) : openBucket(options)
}
