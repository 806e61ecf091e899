// Locking the mail host (C10, C16): what the bypass probe saw from where, which sources stay allowed, and
// what would stop.
import * as z from 'zod'
import { DomainName, Environment, Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { Said } from './saying.ts'

/** One knock at a mail host. */
export const Knocked = z.object({
  /** Where it came from: a second address of the gateway, or an agent in the organisation's network. */
  from: z.object({ kind: z.enum(['address', 'agent']), name: z.string() }),
  /** Whose sender it named: somebody outside, or one of the organisation's own domains. */
  sender: z.enum(['outside', 'own-domain']),
  /**
   * `cloud-domain`: asked for a recipient in the tenant’s own domain at the cloud, such as onmicrosoft.com.
   */
  recipient: z.enum(['usual', 'cloud-domain']).optional(),
  kind: z.enum(['open', 'closed', 'unknown']),
  stage: z.enum(['connect', 'greeting', 'ehlo', 'mail', 'rcpt', 'data']),
  /** What the host said, or what happened. */
  reply: z.string(),
  /** The vantage point stands inside the network: that it gets in says nothing of the internet. */
  isInside: z.boolean(),
})
export type Knocked = z.infer<typeof Knocked>

export const LockedHost = z.object({
  host: z.string(),
  port: z.int(),
  /** `no-vantage`: nobody could knock from elsewhere, so it is not verified. */
  verdict: z.enum(['closed', 'open', 'unknown', 'no-vantage', 'not-run']),
  /** Since when it refuses strangers; null while it does not, or was not seen to. */
  closedSince: Time.nullable(),
  /** It refused strangers once, and takes mail from them again. */
  isOpenAgain: z.boolean(),
  knocks: z.array(Knocked),
  checkedAt: Time.nullable(),
  nextCheckAt: Time.nullable(),
})
export type LockedHost = z.infer<typeof LockedHost>

export const Lock = z.object({
  environment: Environment,
  hosts: z.array(LockedHost),
  /** Where knocks come from at present. */
  vantages: z.array(z.object({ kind: z.enum(['address', 'agent']), name: z.string(), isReady: z.boolean() })),
  /** Our addresses, IPv4 first: mail from these has to go on. */
  addresses: z.array(z.string()),
  /** Name that our addresses stand under. */
  hostname: z.string(),
  /** Exchange Online has to reach the mail host too (hybrid). */
  allowsExchangeOnline: z.boolean(),
  /** Domains whose mail does not come here yet: it would be refused. */
  stops: z.array(z.object({ domain: DomainName, saw: z.string(), said: Said.optional() })),
})
export type Lock = z.infer<typeof Lock>

const common = { tag: 'Connect', query: Nothing, body: Nothing, params: TenantPath } as const

export const getLock = endpoint({
  ...common,
  name: 'getLock',
  method: 'GET',
  path: '/v1/tenants/{tenant}/lock',
  allow: 'connect:read',
  summary: 'Whether the mail hosts refuse strangers, from where that was seen, and what a lock would stop.',
  output: Lock,
  status: 200,
  problems: ['not-found'],
})

export const checkLock = endpoint({
  ...common,
  name: 'checkLock',
  method: 'POST',
  path: '/v1/tenants/{tenant}/lock/check',
  allow: 'connect:write',
  summary: 'Knocks at every mail host now, from every vantage point.',
  output: Lock,
  status: 200,
  problems: ['not-found', 'check-too-soon'],
})
