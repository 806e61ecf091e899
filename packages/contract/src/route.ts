// Delivery routes (C5) and authorised outbound addresses (C6): the mail hosts on both sides of a tenant.
import * as z from 'zod'
import { Address, Check, Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

const RoutePath = TenantPath.extend({ route: z.string() })
const OutboundPath = TenantPath.extend({ address: z.string() })

/** Hosts of one route beside the first. */
export const MORE_HOSTS_MAX = 9

/** The header of a test message that came through several hosts is some 20 KiB. */
export const ARRIVAL_CHARACTERS_MAX = 262_144

export const RouteTls = z.enum(['opportunistic', 'enforced-relaxed', 'enforced-strict', 'none'])

/** How a route says its login (RFC 4954), the strongest first. */
export const LoginMechanism = z.enum(['SCRAM-SHA-256', 'CRAM-MD5', 'PLAIN', 'LOGIN'])
export type LoginMechanism = z.infer<typeof LoginMechanism>

/** The login of a route as it is shown. A login always has a password, and that never comes back. */
export const RouteLogin = z.object({
  username: z.string(),
  /** In the order of preference. */
  mechanisms: z.array(LoginMechanism),
})
export type RouteLogin = z.infer<typeof RouteLogin>

const CONTROLS = /\p{Cc}/u
const isPrintable = (text: string): boolean => !CONTROLS.test(text)

/** The login as it is entered. */
const RouteLoginInput = z.object({
  username: z
    .string()
    .trim()
    .min(1)
    .max(320)
    .refine(isPrintable, 'Write the user name without control characters.'),
  /** Needed anew for another host, port or user name: the one that is kept is shown to nobody else. */
  password: z
    .string()
    .min(1)
    .max(1000)
    .refine(isPrintable, 'Write the password without control characters.')
    .optional(),
  /** Left out for all, the strongest that the host offers first. */
  mechanisms: z.array(LoginMechanism).min(1).max(LoginMechanism.options.length).optional(),
})

export const RouteTest = z.object({
  state: z.enum(['running', 'done']),
  startedAt: Time,
  checks: z.array(Check),
  /** All required checks passed, the real test message among them. */
  passed: z.boolean(),
  recipient: z.string(),
  /** Confirmed by the reader, or seen: "it arrived". */
  arrivedAt: Time.nullable(),
})
export type RouteTest = z.infer<typeof RouteTest>

export const Route = z.object({
  id: z.string(),
  name: z.string(),
  host: z.string(),
  port: z.int(),
  tls: RouteTls,
  /** Tried when none of the route's own hosts can be reached. */
  alternateId: z.string().nullable(),
  /** Further hosts on the same port: connections are spread over all of them. */
  moreHosts: z.array(z.string()),
  /** What the route says to a host that takes mail after a login only; null where it has none. */
  login: RouteLogin.nullable(),
  /** Default route of inbound mail, or the smart host of outbound mail. */
  defaultFor: z.enum(['inbound', 'outbound']).nullable(),
  lastTest: RouteTest.nullable(),
  createdAt: Time,
  revision: z.int(),
})
export type Route = z.infer<typeof Route>

const RouteFields = z.object({
  name: z.string().trim().min(1).max(120),
  /** Host name or address literal. */
  host: z.string().trim().min(1).max(253),
  port: z.int().min(1).max(65_535).default(25),
  tls: RouteTls.default('opportunistic'),
  alternateId: z.string().nullable().default(null),
  moreHosts: z.array(z.string().trim().min(1).max(253)).max(MORE_HOSTS_MAX).default([]),
  /** Said inside TLS only. */
  login: RouteLoginInput.nullable().default(null),
  defaultFor: z.enum(['inbound', 'outbound']).nullable().default('inbound'),
})

export const listRoutes = endpoint({
  name: 'listRoutes',
  method: 'GET',
  path: '/v1/tenants/{tenant}/routes',
  tag: 'Mail flow',
  allow: 'routes:read',
  summary: 'Delivery routes with their last test.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(Route) }),
  status: 200,
  problems: ['not-found'],
})

export const addRoute = endpoint({
  name: 'addRoute',
  method: 'POST',
  path: '/v1/tenants/{tenant}/routes',
  tag: 'Mail flow',
  allow: 'routes:write',
  summary: 'Adds a delivery route.',
  params: TenantPath,
  query: Nothing,
  body: RouteFields,
  output: Route,
  status: 201,
  problems: ['invalid-input'],
})

export const updateRoute = endpoint({
  name: 'updateRoute',
  method: 'PATCH',
  path: '/v1/tenants/{tenant}/routes/{route}',
  tag: 'Mail flow',
  allow: 'routes:write',
  summary: 'Changes a route.',
  params: RoutePath,
  query: Nothing,
  body: z.object({
    name: z.string().trim().min(1).max(120).optional(),
    host: z.string().trim().min(1).max(253).optional(),
    port: z.int().min(1).max(65_535).optional(),
    tls: RouteTls.optional(),
    alternateId: z.string().nullable().optional(),
    moreHosts: z.array(z.string().trim().min(1).max(253)).max(MORE_HOSTS_MAX).optional(),
    /** Null removes it. */
    login: RouteLoginInput.nullable().optional(),
    defaultFor: z.enum(['inbound', 'outbound']).nullable().optional(),
  }),
  output: Route,
  status: 200,
  problems: ['not-found', 'invalid-input', 'changed-meanwhile'],
})

export const removeRoute = endpoint({
  name: 'removeRoute',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/routes/{route}',
  tag: 'Mail flow',
  allow: 'routes:write',
  summary: 'Removes a route that nothing uses.',
  params: RoutePath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found', 'route-in-use'],
})

export const testRoute = endpoint({
  name: 'testRoute',
  method: 'POST',
  path: '/v1/tenants/{tenant}/routes/{route}/test',
  tag: 'Mail flow',
  allow: 'routes:write',
  summary:
    'Runs the named tests from an edge: resolve, connect, TLS, login, RCPT, unknown recipient, a real message.',
  params: RoutePath,
  query: Nothing,
  body: z.object({ recipient: Address }),
  output: Route,
  status: 202,
  problems: ['not-found', 'invalid-input', 'edge-unreachable', 'check-too-soon'],
})

export const confirmArrival = endpoint({
  name: 'confirmArrival',
  method: 'POST',
  path: '/v1/tenants/{tenant}/routes/{route}/arrived',
  tag: 'Mail flow',
  allow: 'routes:write',
  summary:
    'The reader says that the test message arrived, or shows it: what the host saw becomes checks of the test.',
  params: RoutePath,
  query: Nothing,
  body: z.strictObject({
    eml: z
      .string()
      .min(1)
      .max(ARRIVAL_CHARACTERS_MAX)
      .optional()
      .describe('The test message as the mailbox has it; its header is enough'),
  }),
  output: Route,
  status: 200,
  problems: ['not-found', 'invalid-input'],
})

export const AuthorizedOutbound = z.object({
  id: z.string(),
  address: z.string(),
  comment: z.string(),
  createdAt: Time,
  lastSeenAt: Time.nullable(),
})
export type AuthorizedOutbound = z.infer<typeof AuthorizedOutbound>

/** C6: who may relay, who tried, and whether a message was seen. */
export const Outbound = z.object({
  addresses: z.array(AuthorizedOutbound),
  /** Addresses that tried with our domain in the reverse-path and were refused. */
  refused: z.array(z.object({ address: z.string(), domain: z.string(), lastSeenAt: Time, count: z.int() })),
  firstSeenAt: Time.nullable(),
  firstMessageId: z.string().nullable(),
  /** host:port the mail host should use. */
  smartHost: z.string(),
  smartHostPorts: z.array(z.int()),
})
export type Outbound = z.infer<typeof Outbound>

export const getOutbound = endpoint({
  name: 'getOutbound',
  method: 'GET',
  path: '/v1/tenants/{tenant}/outbound',
  tag: 'Mail flow',
  allow: 'outbound:read',
  summary: 'Authorised outbound addresses, refused attempts and the first message seen.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: Outbound,
  status: 200,
  problems: ['not-found'],
})

export const authorizeOutbound = endpoint({
  name: 'authorizeOutbound',
  method: 'POST',
  path: '/v1/tenants/{tenant}/outbound/addresses',
  tag: 'Mail flow',
  allow: 'outbound:write',
  summary: 'Authorises a single address to relay for the organisation.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    address: z.string().trim().min(2).max(50),
    comment: z.string().trim().max(200).default(''),
  }),
  output: Outbound,
  status: 201,
  problems: ['invalid-input', 'address-exists', 'address-shared-cloud'],
})

export const revokeOutbound = endpoint({
  name: 'revokeOutbound',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/outbound/addresses/{address}',
  tag: 'Mail flow',
  allow: 'outbound:write',
  summary: 'Takes the authorisation of an address back.',
  params: OutboundPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const whatIsMyAddress = endpoint({
  name: 'whatIsMyAddress',
  method: 'GET',
  path: '/v1/what-is-my-address',
  tag: 'Mail flow',
  allow: 'signed-in',
  summary: 'The address this request came from.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: z.object({ address: z.string() }),
  status: 200,
  problems: [],
})
