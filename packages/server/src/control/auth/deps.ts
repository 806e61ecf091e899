// What signing in may touch, and the words that its parts share.
import type { Me } from '@gatepost/contract/session.ts'
import type { ControlDeps } from '../scope.ts'
import type { SignInAttempts } from './attempts.ts'
import type { Passwords } from './password.ts'

/** What an organisation's directory says of an address and a password there. */
export type DirectoryAnswer =
  | { readonly kind: 'accepted'; readonly connector: string }
  /** Wrong, expired, disabled, unknown there: `why` is for administrators. */
  | { readonly kind: 'refused'; readonly connector: string; readonly why: string; readonly remedy: string }
  | {
      readonly kind: 'unreachable'
      readonly connector: string
      readonly why: string
      readonly remedy: string
    }
  /** No directory of the organisation can be asked. */
  | { readonly kind: 'none' }

export type DirectorySignIn = {
  /** Asks the directory in real time; never throws for what the directory does. */
  ask(who: {
    readonly tenantId: string
    readonly email: string
    readonly password: string
  }): Promise<DirectoryAnswer>
  /** Whether there is a directory that can be asked. */
  isThere(tenantId: string): Promise<boolean>
}

/** Where no directory is connected. */
export const noDirectory: DirectorySignIn = {
  ask: async () => ({ kind: 'none' }),
  isThere: async () => false,
}

export type AuthDeps = Pick<ControlDeps, 'store' | 'clock' | 'emit' | 'secrets'> & {
  readonly passwords: Passwords
  readonly attempts: SignInAttempts
  readonly directorySignIn: DirectorySignIn
  /** The console's outward address (GATEPOST_URL), ending in a slash: links and passkeys are bound to it. */
  readonly url: string
}

/** Where a request came from, as far as we believe it. */
export type RequestOrigin = { readonly from: string; readonly userAgent: string }

/** What a sign-in gives: the secret goes into the cookie and nowhere else. */
export type OpenedSession = {
  readonly me: Me
  readonly sessionId: string
  readonly secret: string
  readonly expiresAt: number
}
