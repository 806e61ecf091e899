// What a password must be: rules of an organisation, shown to people before they type and checked by the
// server.
import * as z from 'zod'

/**
 * NIST SP 800-63B asks for length and a list of known bad ones; the other rules are for who must have them.
 */
export const PasswordRules = z.object({
  /** Characters at least. */
  minLength: z.int().min(8).max(64),
  /** Of upper case, lower case, digits and symbols: how many kinds at least. */
  classes: z.int().min(1).max(4),
  /** Days until it must be changed; 0 is never. Counts from the day it was set. */
  expiryDays: z.int().min(0).max(1_000),
  /** How many earlier passwords cannot be used again. */
  history: z.int().min(0).max(24),
  /** Wrong passwords for one account from one address until that pair waits, and for how long. */
  lockoutAttempts: z.int().min(3).max(50),
  lockoutMinutes: z.int().min(1).max(1_440),
})
export type PasswordRules = z.infer<typeof PasswordRules>

export const defaultPasswordRules: PasswordRules = {
  minLength: 12,
  classes: 1,
  expiryDays: 0,
  history: 5,
  lockoutAttempts: 5,
  lockoutMinutes: 15,
}

/** Far above any passphrase; more is not hashed. */
export const PASSWORD_LENGTH_MAX = 200
