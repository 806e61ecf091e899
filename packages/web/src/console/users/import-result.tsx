// What an import did: "1,180 added, 14 unchanged, 6 need attention", with undo for an hour.
import type { UserImport } from '@gatepost/contract/user-import.ts'
import { count, plural } from '#shared/format.ts'
import { ImportEnd } from '#shared/import-end.tsx'
import { DownloadRows } from '#shared/row-errors.tsx'

type Props = {
  readonly shown: UserImport
  readonly busy: boolean
  readonly error: unknown
  readonly onUndo: () => void
  readonly onAgain?: () => void
}

export function ImportResult({ shown, ...rest }: Props) {
  const hasRowsToMend = shown.errorCount > 0 && shown.state === 'committed'
  return (
    <ImportEnd
      {...rest}
      shown={shown}
      sentence={sentenceOf(shown)}
      actions={hasRowsToMend && <DownloadRows shown={shown} />}
    />
  )
}

/** `3 added, 1 changed, 14 unchanged, 6 need attention`. */
export function sentenceOf({ adds, changes, removes, unchanged, errorCount }: UserImport): string {
  const parts = [`${plural(adds, 'user')} added`]
  if (changes > 0) parts.push(`${count(changes)} changed`)
  if (removes > 0) parts.push(`${count(removes)} removed`)
  if (unchanged > 0) parts.push(`${count(unchanged)} unchanged`)
  if (errorCount > 0) parts.push(`${count(errorCount)} ${errorCount === 1 ? 'needs' : 'need'} attention`)
  return parts.join(', ')
}
