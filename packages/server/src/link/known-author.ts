// The form in which authors who wrote before are kept: a digest of who wrote to whom, so that neither tables
// nor replicas hold another list of addresses (F4).
import { createHash } from 'node:crypto'
import type { AuthenticationFact } from '#policy/facts.ts'

/** Half a SHA-256 and a little more: two that meet by chance would only leave one banner out. */
const KEY_LENGTH = 22
/** Marks authors that neither a signature nor SPF vouches for. */
export const UNPROVEN = '~'
const DAY_MS = 86_400_000
/** Noted again after so many days, so that what is never used ends. */
export const KNOWN_AUTHOR_RENEWED_DAYS = 30

/** The key of an author who wrote to a recipient; `''` stands for anybody of the organisation. */
export function knownAuthorKey(recipient: string, author: string): string {
  return createHash('sha256').update(`${recipient}\n${author}`).digest('base64url').slice(0, KEY_LENGTH)
}

/** What the replica keeps: the day it was noted, since 1970. */
export type KnownAuthorValue = readonly [day: number]

export function knownAuthorValue(seenAt: number): KnownAuthorValue {
  return [Math.floor(seenAt / DAY_MS)]
}

/** Whether an entry is to be noted anew at `now` (Unix milliseconds). */
export function isKnownAuthorStale([day]: KnownAuthorValue, now: number): boolean {
  return Math.floor(now / DAY_MS) - day >= KNOWN_AUTHOR_RENEWED_DAYS
}

/** Whether anybody vouches for an author; unknown where it could not be found out. */
export function proofOfAuthor({
  dmarc,
  dkim,
  spf,
  spfAligned,
}: AuthenticationFact): 'proven' | 'none' | 'unknown' {
  const isSigned = dkim.some(({ result, aligned }) => result === 'pass' && aligned)
  if (isSigned || (spf === 'pass' && spfAligned)) return 'proven'
  const isUnsure =
    dmarc.result === 'temperror' ||
    spf === 'temperror' ||
    dkim.some(({ result, aligned }) => result === 'temperror' && aligned)
  return isUnsure ? 'unknown' : 'none'
}

/** The name under which an author is remembered; null where nobody can say who wrote. */
export function authorNameOf(author: string, found: AuthenticationFact | null): string | null {
  const proof = found === null ? 'unknown' : proofOfAuthor(found)
  if (proof === 'unknown') return null
  return proof === 'proven' ? author : UNPROVEN + author
}
