// One's own account: password, second factors, recovery codes and sessions. Open to everybody signed in.
import * as z from 'zod'
import { Nothing, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { PASSWORD_LENGTH_MAX, PasswordRules } from './password.ts'

const Password = z.string().min(1).max(PASSWORD_LENGTH_MAX)

export const Factor = z.object({
  id: z.string(),
  kind: z.enum(['totp', 'passkey']),
  name: z.string(),
  createdAt: Time,
  lastUsedAt: Time.nullable(),
})
export type Factor = z.infer<typeof Factor>

export const Session = z.object({
  id: z.string(),
  /** The one that asks. */
  current: z.boolean(),
  createdAt: Time,
  seenAt: Time,
  /** At the latest; idle ones end earlier. */
  expiresAt: Time,
  from: z.string(),
  /** Browser and system in words, such as "Firefox on Windows". */
  device: z.string(),
  /** How it was opened, in words. */
  method: z.string(),
})
export type Session = z.infer<typeof Session>

export const Security = z.object({
  password: z.object({
    isSet: z.boolean(),
    setAt: Time.nullable(),
    /** Null: it does not expire. */
    expiresAt: Time.nullable(),
    /** False: the sign-in profile lets nobody in by password. */
    isAllowed: z.boolean(),
    rules: PasswordRules,
  }),
  factors: z.array(Factor),
  recoveryCodesLeft: z.int(),
  recoveryCodesTotal: z.int(),
  /** Whether the sign-in profile asks for a second factor, and from when on without exception. */
  factorNeeded: z.boolean(),
  factorDueAt: Time.nullable(),
  /** Name of the sign-in profile that counts. */
  profile: z.string(),
  /** Until then factors can be changed without showing a password or code again. */
  verifiedUntil: Time,
})
export type Security = z.infer<typeof Security>

const mine = { tag: 'Own account', allow: 'signed-in', params: Nothing, query: Nothing } as const
/** What whoever still has to do something may ask for: else it could not be done. */
const DURING_CHANGE = ['change-password'] as const
const DURING_ENROLMENT = ['enrol-second-factor'] as const

export const getSecurity = endpoint({
  ...mine,
  name: 'getSecurity',
  method: 'GET',
  path: '/v1/me/security',
  summary: 'Password, second factors and recovery codes of the own account.',
  duringPending: ['change-password', 'enrol-second-factor'],
  body: Nothing,
  output: Security,
  status: 200,
  problems: [],
})

export const changePassword = endpoint({
  ...mine,
  name: 'changePassword',
  method: 'POST',
  path: '/v1/me/password',
  summary: 'Sets a new password; all other sessions end.',
  duringPending: DURING_CHANGE,
  body: z.object({ current: z.string().max(PASSWORD_LENGTH_MAX).default(''), password: Password }),
  output: Security,
  status: 200,
  problems: ['invalid-input', 'wrong-credentials', 'too-many-attempts', 'confirm-first'],
})

export const confirmMe = endpoint({
  ...mine,
  name: 'confirmMe',
  method: 'POST',
  path: '/v1/me/confirm',
  summary: 'Shows password or code again, so that factors can be changed for some minutes.',
  body: z.object({ password: Password.optional(), code: z.string().trim().max(100).optional() }),
  output: Security,
  status: 200,
  problems: ['wrong-credentials', 'too-many-attempts'],
})

export const startTotp = endpoint({
  ...mine,
  name: 'startTotp',
  method: 'POST',
  path: '/v1/me/totp',
  summary: 'Begins a code generator: the key to scan. It counts once a first code proved it.',
  duringPending: DURING_ENROLMENT,
  body: z.object({ name: z.string().trim().max(60).default('') }),
  output: z.object({ id: z.string(), key: z.string(), uri: z.string() }),
  status: 201,
  problems: ['confirm-first', 'limit-reached'],
})

/** Recovery codes come along with the first factor, and are shown once. */
export const FactorAdded = z.object({ security: Security, recoveryCodes: z.array(z.string()) })
export type FactorAdded = z.infer<typeof FactorAdded>

export const confirmTotp = endpoint({
  ...mine,
  name: 'confirmTotp',
  method: 'POST',
  path: '/v1/me/totp/{factor}/confirm',
  summary: 'Proves a code generator by its first code.',
  duringPending: DURING_ENROLMENT,
  params: z.object({ factor: z.string() }),
  body: z.object({ code: z.string().trim().min(6).max(12) }),
  output: FactorAdded,
  status: 200,
  problems: ['not-found', 'wrong-code', 'too-many-attempts'],
})

/** Options and answers of the browser's passkey functions, as they define them (WebAuthn JSON). */
export const PasskeyJson = z.record(z.string(), z.unknown())

export const startPasskey = endpoint({
  ...mine,
  name: 'startPasskey',
  method: 'POST',
  path: '/v1/me/passkeys/options',
  summary: 'Begins a passkey: what the browser is to ask the authenticator.',
  duringPending: DURING_ENROLMENT,
  body: Nothing,
  output: z.object({ options: PasskeyJson }),
  status: 200,
  problems: ['confirm-first', 'limit-reached'],
})

export const addPasskey = endpoint({
  ...mine,
  name: 'addPasskey',
  method: 'POST',
  path: '/v1/me/passkeys',
  summary: 'Adds the passkey that the authenticator made.',
  duringPending: DURING_ENROLMENT,
  body: z.object({ name: z.string().trim().max(60).default(''), response: PasskeyJson }),
  output: FactorAdded,
  status: 201,
  problems: ['wrong-code'],
})

export const removeFactor = endpoint({
  ...mine,
  name: 'removeFactor',
  method: 'DELETE',
  path: '/v1/me/factors/{factor}',
  summary: 'Removes a second factor; the last one takes the recovery codes with it.',
  params: z.object({ factor: z.string() }),
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found', 'confirm-first', 'factor-needed'],
})

export const renewRecoveryCodes = endpoint({
  ...mine,
  name: 'renewRecoveryCodes',
  method: 'POST',
  path: '/v1/me/recovery-codes',
  summary: 'Makes new recovery codes, shown once; the former ones end.',
  body: Nothing,
  output: FactorAdded,
  status: 201,
  problems: ['confirm-first', 'factor-needed'],
})

export const listSessions = endpoint({
  ...mine,
  name: 'listSessions',
  method: 'GET',
  path: '/v1/me/sessions',
  summary: 'Where one is signed in, the newest first.',
  body: Nothing,
  output: z.object({ items: z.array(Session) }),
  status: 200,
  problems: [],
})

export const endSession = endpoint({
  ...mine,
  name: 'endSession',
  method: 'DELETE',
  path: '/v1/me/sessions/{session}',
  summary: 'Ends one of the own sessions.',
  params: z.object({ session: z.string() }),
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const endOtherSessions = endpoint({
  ...mine,
  name: 'endOtherSessions',
  method: 'DELETE',
  path: '/v1/me/sessions',
  summary: 'Ends all own sessions but this one.',
  body: Nothing,
  output: z.object({ ended: z.int() }),
  status: 200,
  problems: [],
})
