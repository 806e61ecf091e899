// Settings of a directory read by Google's Admin SDK (D5). The secret is the service account's JSON key.
import * as z from 'zod'

export const GoogleSettings = z.object({
  kind: z.literal('google'),
  /** The administrator in whose name the service account reads. */
  adminEmail: z.string().trim().min(3).max(320),
  /** The customer to read; `my_customer` is the administrator's own. */
  customer: z.string().trim().min(1).max(100).default('my_customer'),
})
export type GoogleSettings = z.infer<typeof GoogleSettings>

/** Exactly what domain-wide delegation has to allow: reading, nothing else. */
export const googleScopes = [
  'https://www.googleapis.com/auth/admin.directory.user.readonly',
  'https://www.googleapis.com/auth/admin.directory.group.readonly',
  'https://www.googleapis.com/auth/admin.directory.orgunit.readonly',
] as const

/**
 * The client id in a service account’s key file, for the instructions; null where the text is no such file.
 */
export function googleClientIdOf(keyJson: string): string | null {
  try {
    const file: unknown = JSON.parse(keyJson)
    const id = typeof file === 'object' && file !== null && 'client_id' in file ? file.client_id : null
    return typeof id === 'string' && /^\d{5,40}$/.test(id) ? id : null
  } catch {
    return null
  }
}
