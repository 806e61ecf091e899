// Tables of spam lessons (migration 28), as Kysely sees them.

/** One message that somebody called wanted or unwanted. */
export type SpamLessonTable = {
  readonly tenant_id: string
  readonly id: string
  readonly at: number
  /** Who taught it, by name. */
  readonly actor: string
  readonly origin: 'report' | 'release' | 'command'
  readonly is_spam: 0 | 1
  /** SHA-256 of the content: a message is taught once. */
  readonly digest: string
  readonly author: string | null
  readonly subject: string | null
  /** Log odds of the shipped model above its limit. */
  readonly odds: number
  /** Packed places and values (spam/lesson.ts), base64. */
  readonly features: string
}

/** What the lessons of an organisation add up to. */
export type SpamTaughtTable = {
  readonly tenant_id: string
  /** For the snapshot; null while there are too few lessons. */
  packed: string | null
  /** Lessons changed since. */
  is_due: 0 | 1
  taught_at: number | null
}

/** A message that somebody reported (migration 51). */
export type MailReportTable = {
  readonly tenant_id: string
  readonly id: string
  readonly at: number
  /** Whose mail it was: the address that limits count by. */
  readonly mailbox: string
  /** The person, by name. */
  readonly reporter: string
  readonly kind: 'spam' | 'phish' | 'wanted'
  readonly way: 'letter' | 'portal'
  /** The letter that brought it, as the edge names it; one letter is taken once. */
  readonly letter: string | null
  /** The message in tracking, where it is known. */
  readonly message_id: string | null
  readonly author: string | null
  readonly subject: string | null
  lesson_id: string | null
  /** The sender that was blocked for this mailbox. */
  blocked: string | null
  outcome:
    | 'learned'
    | 'words-learned'
    | 'no-copy'
    | 'unreadable'
    | 'unknown-reporter'
    | 'limit'
    | 'taken-back'
}
