// Operators: of the installation, and of chosen organisations (MSP); each organisation sees them act.
import * as z from 'zod'
import { Address, Nothing, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { Invited } from './role.ts'

/** Organisations one operator may be given in one request. */
export const OPERATOR_TENANTS_MAX = 2_000

const Grant = z.object({
  /** Id of the organisation. */
  tenant: z.string().max(80),
  role: z.enum(['super', 'full', 'basic', 'help-desk', 'discovery-officer', 'read-only']),
})

export const Operator = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  you: z.boolean(),
  /** Of the whole installation: makes organisations, sees what is nobody’s. */
  installation: z.boolean(),
  tenants: z.array(Grant.extend({ name: z.string(), slug: z.string(), role: z.string() })),
  lastSeenAt: Time.nullable(),
})
export type Operator = z.infer<typeof Operator>

const Grants = z.object({
  installation: z.boolean(),
  tenants: z.array(Grant).max(OPERATOR_TENANTS_MAX),
})

export const listOperators = endpoint({
  name: 'listOperators',
  method: 'GET',
  path: '/v1/system/operators',
  tag: 'Operators',
  allow: 'system:read',
  summary: 'Who operates the installation or acts for organisations from outside.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: z.object({
    items: z.array(Operator),
    invitations: z.array(z.object({ id: z.string(), name: z.string(), email: z.string(), expiresAt: Time })),
  }),
  status: 200,
  problems: [],
})

export const inviteOperator = endpoint({
  name: 'inviteOperator',
  method: 'POST',
  path: '/v1/system/operators',
  tag: 'Operators',
  allow: 'system:write',
  summary: 'Asks somebody to act for chosen organisations, by a link that works once and is shown to you.',
  params: Nothing,
  query: Nothing,
  body: Grants.extend({ email: Address, name: z.string().trim().min(1).max(120) }),
  output: Invited,
  status: 201,
  problems: ['invalid-input', 'not-found'],
})

export const setOperator = endpoint({
  name: 'setOperator',
  method: 'PUT',
  path: '/v1/system/operators/{person}',
  tag: 'Operators',
  allow: 'system:write',
  summary: 'Chooses the organisations that an operator acts for; nothing at all ends it.',
  params: z.object({ person: z.string() }),
  query: Nothing,
  body: Grants,
  output: z.object({ items: z.array(Operator) }),
  status: 200,
  problems: ['invalid-input', 'not-found', 'last-operator'],
})

export const removeOperatorInvitation = endpoint({
  name: 'removeOperatorInvitation',
  method: 'DELETE',
  path: '/v1/system/operators/invitations/{invitation}',
  tag: 'Operators',
  allow: 'system:write',
  summary: 'Takes the invitation of an operator back.',
  params: z.object({ invitation: z.string() }),
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})
