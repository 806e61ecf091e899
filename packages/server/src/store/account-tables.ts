// Tables of who signs in: people, their sessions, and the link that sets an installation up.
import type { Generated } from 'kysely'
import type { Flag } from './columns.ts'

/** An account that signs in. Users of a tenant's mail are `user`; one that may sign in has a person too. */
export type PersonTable = {
  readonly id: string
  email: string
  /** Address key: NFC, lower case. Unique. */
  email_key: string
  name: string
  /** Encoded password with its parameters (control/auth/password.ts); empty where none was ever set. */
  password: string
  operator: Flag
  /** The user of mail that this person is. Unique. */
  user_id: Generated<string | null>
  password_set_at: Generated<number>
  /** 1: somebody else chose the password. */
  must_change: Generated<Flag>
  /** From then on nobody signs in without enrolling a second factor; null where none is asked for yet. */
  factor_due_at: Generated<number | null>
  created_at: number
  updated_at: number
}

export type SessionTable = {
  readonly id: string
  /** SHA-256 of the secret in the cookie. Unique. */
  digest: string
  person_id: string
  created_at: number
  seen_at: number
  /** Absolute end. */
  expires_at: number
  from_address: string
  user_agent: string
  /** What is still to be shown before the session is good for anything else. */
  pending: Generated<'second-factor' | 'change-password' | 'enrol-second-factor' | null>
  /** How the person signed in: `password`, `passkey`, `directory`, or the identity provider's id. */
  method: Generated<string>
  /** The second factor that was shown. */
  factor: Generated<string | null>
  idle_ms: Generated<number>
  /** When credentials were last shown in this session. */
  verified_at: Generated<number>
}

export type SetupLinkTable = {
  readonly digest: string
  created_at: number
  expires_at: number
  used_at: number | null
}
