// What an import did: "1,180 added, 14 unchanged, 6 need attention", with undo for an hour.

import type { UserImport } from '@gatepost/contract/user-import.ts'
import { useWords, type Words } from '#i18n/i18n.ts'
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
  const t = useWords('users')
  const hasRowsToMend = shown.errorCount > 0 && shown.state === 'committed'
  return (
    <ImportEnd
      {...rest}
      shown={shown}
      sentence={sentenceOf(shown, t)}
      actions={hasRowsToMend && <DownloadRows shown={shown} />}
    />
  )
}

/** `3 added, 1 changed, 14 unchanged, 6 need attention`. */
export function sentenceOf({ adds, changes, removes, unchanged, errorCount }: UserImport, t: Words): string {
  const parts = [t('result.added', { count: adds })]
  if (changes > 0) parts.push(t('result.changed', { count: changes }))
  if (removes > 0) parts.push(t('result.removed', { count: removes }))
  if (unchanged > 0) parts.push(t('result.unchanged', { count: unchanged }))
  if (errorCount > 0) parts.push(t('result.attention', { count: errorCount }))
  return parts.join(', ')
}
