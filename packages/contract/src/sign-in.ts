// Ways to sign in before there is a session: what an address may use, second factors, passkeys, reset by
// mail.
import * as z from 'zod'
import { PasskeyJson } from './account.ts'
import { Address, Nothing } from './common.ts'
import { endpoint } from './endpoint.ts'
import { PASSWORD_LENGTH_MAX, PasswordRules } from './password.ts'
import { Me } from './session.ts'

const open = { tag: 'Sign-in', allow: 'public', params: Nothing, query: Nothing } as const

export const getSignIn = endpoint({
  ...open,
  name: 'getSignIn',
  method: 'GET',
  path: '/v1/sign-in',
  summary: 'Whether the page asks for the address first: somebody here signs in elsewhere.',
  body: Nothing,
  output: z.object({ addressFirst: z.boolean() }),
  status: 200,
  problems: [],
})

export const SignInWays = z.object({
  /** A password is asked for here, ours or the directory's. */
  password: z.boolean(),
  /** Where else one signs in. */
  providers: z.array(z.object({ id: z.string(), name: z.string(), kind: z.enum(['saml', 'oidc']) })),
})
export type SignInWays = z.infer<typeof SignInWays>

export const findSignInWays = endpoint({
  ...open,
  name: 'findSignInWays',
  method: 'POST',
  path: '/v1/sign-in/ways',
  summary: 'How addresses of a domain sign in; says nothing about whether the address exists.',
  body: z.object({ email: Address }),
  output: SignInWays,
  status: 200,
  problems: ['too-many-attempts'],
})

export const signInWithFactor = endpoint({
  ...open,
  name: 'signInWithFactor',
  method: 'POST',
  path: '/v1/sessions/factor',
  allow: 'signed-in',
  duringPending: ['second-factor'],
  summary: 'The second step: a code of the generator, or a recovery code.',
  body: z.object({ code: z.string().trim().min(6).max(100) }),
  output: Me,
  status: 201,
  problems: ['wrong-code', 'too-many-attempts', 'not-signed-in'],
})

export const startPasskeySignIn = endpoint({
  ...open,
  name: 'startPasskeySignIn',
  method: 'POST',
  path: '/v1/sessions/passkey/options',
  summary: 'Begins a sign-in by passkey: what the browser is to ask the authenticator.',
  body: Nothing,
  output: z.object({ ticket: z.string(), options: PasskeyJson }),
  status: 200,
  problems: ['too-many-attempts'],
})

export const signInWithPasskey = endpoint({
  ...open,
  name: 'signInWithPasskey',
  duringPending: ['second-factor', 'change-password', 'enrol-second-factor'],
  method: 'POST',
  path: '/v1/sessions/passkey',
  summary: 'Signs in by passkey, alone or as the second step.',
  body: z.object({ ticket: z.string().max(100), response: PasskeyJson }),
  output: Me,
  status: 201,
  problems: ['wrong-code', 'too-many-attempts'],
})

export const requestReset = endpoint({
  ...open,
  name: 'requestReset',
  method: 'POST',
  path: '/v1/password-resets',
  summary: 'Sends a one-time link to set a new password, if the address signs in by password here.',
  body: z.object({ email: Address }),
  output: z.object({ minutes: z.int() }),
  status: 202,
  problems: ['too-many-attempts'],
})

export const checkReset = endpoint({
  ...open,
  name: 'checkReset',
  method: 'POST',
  path: '/v1/password-resets/check',
  summary: 'Whether a reset link still counts, for whom, and what the new password must be.',
  body: z.object({ token: z.string().min(1).max(100) }),
  output: z.object({ email: z.string(), rules: PasswordRules }),
  status: 200,
  problems: ['reset-link-wrong', 'too-many-attempts'],
})

export const completeReset = endpoint({
  ...open,
  name: 'completeReset',
  method: 'POST',
  path: '/v1/password-resets/complete',
  summary: 'Sets the new password of a reset link; every session of the account ends.',
  body: z.object({
    token: z.string().min(1).max(100),
    password: z.string().min(1).max(PASSWORD_LENGTH_MAX),
  }),
  output: Nothing,
  status: 204,
  problems: ['reset-link-wrong', 'invalid-input', 'too-many-attempts'],
})
