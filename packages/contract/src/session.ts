// Signing in and out, and who one is.
import * as z from 'zod'
import { Address, Nothing, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { permissions } from './permission.ts'

export const Me = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  operator: z.boolean(),
  /** A second factor is asked for and there is none yet (decisions 18): the console shows a notice. */
  passwordOnly: z.boolean(),
  /** From then on nobody signs in here without enrolling a second factor. */
  factorDueAt: Time.nullable(),
  /** What is still owed before the session is good for anything else. */
  mustDo: z.enum(['second-factor', 'change-password', 'enrol-second-factor']).nullable(),
  /** What the second step of the sign-in may be. */
  factors: z.array(z.enum(['totp', 'passkey', 'recovery-code'])),
  tenants: z.array(
    z.object({
      id: z.string(),
      slug: z.string(),
      name: z.string(),
      primaryDomain: z.string(),
      /** A built-in role's name, or the id of one of the organisation's own. */
      role: z.string(),
      roleName: z.string(),
      /** Acts for the organisation from outside: the console says so on every page. */
      asOperator: z.boolean(),
      permissions: z.array(z.enum(permissions)),
    }),
  ),
})
export type Me = z.infer<typeof Me>

export const signIn = endpoint({
  name: 'signIn',
  duringPending: ['second-factor', 'change-password', 'enrol-second-factor'],
  method: 'POST',
  path: '/v1/sessions',
  tag: 'Sign-in',
  allow: 'public',
  summary:
    'Signs a person in with address and password; answers with a session cookie and what is still owed.',
  params: Nothing,
  query: Nothing,
  body: z.object({ email: Address, password: z.string().min(1).max(200) }),
  output: Me,
  status: 201,
  problems: ['wrong-credentials', 'too-many-attempts'],
})

export const signOut = endpoint({
  name: 'signOut',
  duringPending: ['second-factor', 'change-password', 'enrol-second-factor'],
  method: 'DELETE',
  path: '/v1/sessions/current',
  tag: 'Sign-in',
  allow: 'signed-in',
  summary: 'Ends this session.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: [],
})

export const getMe = endpoint({
  name: 'getMe',
  duringPending: ['second-factor', 'change-password', 'enrol-second-factor'],
  method: 'GET',
  path: '/v1/me',
  tag: 'Sign-in',
  allow: 'signed-in',
  summary: 'The signed-in person, with organisations, roles and permissions.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: Me,
  status: 200,
  problems: [],
})
