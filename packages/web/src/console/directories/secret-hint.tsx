// What is said of a secret that is set: when, and that it is never shown.
import { RelativeTime } from '#shared/time.tsx'

export function SecretHint({ setAt }: { readonly setAt: number | null }) {
  if (setAt === null) return <>Kept sealed, never shown again</>
  return (
    <>
      Set <RelativeTime at={setAt} />; empty leaves it
    </>
  )
}
