// API tokens: scoped to permissions of one organisation or of the installation, expiring, shown once.
import * as z from 'zod'
import { Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { type Permission, permissions } from './permission.ts'

/** What no token may hold: it would make rights for itself, or be a person. */
export const notForTokens: ReadonlySet<Permission> = new Set([
  'portal:use',
  'roles:write',
  'roles:protected',
  'tokens:write',
])

export const ApiToken = z.object({
  id: z.string(),
  name: z.string(),
  /** Its first letters; the rest is known to whoever was given it. */
  hint: z.string(),
  permissions: z.array(z.enum(permissions)),
  createdAt: Time,
  createdBy: z.string(),
  expiresAt: Time,
  lastUsedAt: Time.nullable(),
  lastUsedFrom: z.string().nullable(),
  /** `bound`: whoever made it lost the right to, so it opens nothing. */
  state: z.enum(['active', 'expired', 'revoked', 'bound']),
})
export type ApiToken = z.infer<typeof ApiToken>

const TokenList = z.object({ items: z.array(ApiToken), may: z.array(z.enum(permissions)) })

const NewToken = z.object({
  name: z.string().trim().min(1, 'Name what uses it').max(80),
  permissions: z.array(z.enum(permissions)).min(1, 'Choose at least one permission').max(permissions.length),
  /** Days until it expires. */
  days: z.int().min(1).max(365).default(90),
})

/** The token's text is in this answer and nowhere else. */
const MadeToken = ApiToken.extend({ token: z.string() })
export type MadeToken = z.infer<typeof MadeToken>

const SystemToken = z.object({ token: z.string() })
const OneToken = TenantPath.extend({ token: z.string() })

export const listTokens = endpoint({
  name: 'listTokens',
  method: 'GET',
  path: '/v1/tenants/{tenant}/tokens',
  tag: 'API tokens',
  allow: 'tokens:read',
  summary: 'The API tokens of the organisation, and the permissions that you could give to a new one.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: TokenList,
  status: 200,
  problems: ['not-found'],
})

export const createToken = endpoint({
  name: 'createToken',
  method: 'POST',
  path: '/v1/tenants/{tenant}/tokens',
  tag: 'API tokens',
  allow: 'tokens:write',
  summary: 'Makes an API token with permissions you hold yourself; its text is shown in this answer only.',
  params: TenantPath,
  query: Nothing,
  body: NewToken,
  output: MadeToken,
  status: 201,
  problems: ['not-found', 'invalid-input', 'limit-reached'],
})

export const revokeToken = endpoint({
  name: 'revokeToken',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/tokens/{token}',
  tag: 'API tokens',
  allow: 'tokens:write',
  summary: 'Revokes an API token at once.',
  params: OneToken,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const listSystemTokens = endpoint({
  name: 'listSystemTokens',
  method: 'GET',
  path: '/v1/system/tokens',
  tag: 'API tokens',
  allow: 'system:read',
  summary: 'The API tokens of the installation (operators only).',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: TokenList,
  status: 200,
  problems: [],
})

export const createSystemToken = endpoint({
  name: 'createSystemToken',
  method: 'POST',
  path: '/v1/system/tokens',
  tag: 'API tokens',
  allow: 'system:write',
  summary: 'Makes an API token of the installation; its text is shown in this answer only.',
  params: Nothing,
  query: Nothing,
  body: NewToken,
  output: MadeToken,
  status: 201,
  problems: ['invalid-input', 'limit-reached'],
})

export const revokeSystemToken = endpoint({
  name: 'revokeSystemToken',
  method: 'DELETE',
  path: '/v1/system/tokens/{token}',
  tag: 'API tokens',
  allow: 'system:write',
  summary: 'Revokes an API token of the installation at once.',
  params: SystemToken,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})
