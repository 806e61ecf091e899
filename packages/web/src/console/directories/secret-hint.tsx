// What is said of a secret that is set: when, and that it is never shown.

import { useWords } from '#i18n/i18n.ts'
import { rich } from '#i18n/rich.tsx'
import { RelativeTime } from '#shared/time.tsx'

export function SecretHint({ setAt }: { readonly setAt: number | null }) {
  const t = useWords('directories')
  if (setAt === null) return <>{t('secret.sealed')}</>
  return <>{rich(t, 'secret.set', { time: <RelativeTime at={setAt} /> })}</>
}
