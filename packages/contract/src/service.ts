// Trusted services (S7): one object for a sender such as a survey or payroll tool.
import * as z from 'zod'
import { Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { PolicyType, Reason } from './policy.ts'

export const SERVICES_MAX = 500
export const SERVICE_SENDERS_MAX = 50

/** What a service is recognised by, the surest first. */
export const SERVICE_IDENTITIES = ['dkim', 'host', 'ip', 'from'] as const
export const ServiceIdentity = z.enum(SERVICE_IDENTITIES)
export type ServiceIdentity = z.infer<typeof ServiceIdentity>

const Grants = z.object({
  /** Skips greylisting and later the spam check. */
  permit: z.boolean(),
  /** May use the organisation's own addresses as sender. */
  spoofing: z.boolean(),
  /** May show an internal address or name in its display name. */
  displayName: z.boolean(),
})

export const ServiceDraft = z.object({
  name: z.string().trim().min(1).max(200),
  identity: ServiceIdentity,
  /** The signing domain, host name pattern, address range or sender. */
  value: z.string().trim().min(1).max(253),
  /** Senders it uses, addresses or domains; internal ones for anti-spoofing. */
  senders: z.array(z.string().trim().min(1).max(320)).max(SERVICE_SENDERS_MAX).default([]),
  grants: Grants,
  catalogue: z.string().max(60).nullable().default(null),
  comment: z.string().trim().max(1_000).default(''),
})
export type ServiceDraft = z.output<typeof ServiceDraft>

export const TrustedService = z.object({
  id: z.string(),
  name: z.string(),
  identity: ServiceIdentity,
  value: z.string(),
  senders: z.array(z.string()),
  catalogue: z.string().nullable(),
  comment: z.string(),
  /** What it may and may not, each a policy. */
  policies: z.array(
    z.object({
      id: z.string(),
      type: PolicyType,
      name: z.string(),
      enabled: z.boolean(),
      text: z.string(),
    }),
  ),
  createdAt: Time,
  createdBy: z.string(),
  revision: z.int(),
})
export type TrustedService = z.infer<typeof TrustedService>

/** A well-known service, as data: facts only. */
export const KnownService = z.object({
  key: z.string(),
  name: z.string(),
  /** What it does, in a few words. */
  about: z.string(),
  identity: ServiceIdentity,
  value: z.string(),
  /** Domains that it signs with or sends from; what a seen source is recognised by. */
  domains: z.array(z.string()),
})
export type KnownService = z.infer<typeof KnownService>

/** A draft made of a message that was seen. */
export const ServiceProposal = z.object({
  draft: ServiceDraft,
  /** What speaks for and against it, each a sentence. */
  notes: z.array(z.string()),
})
export type ServiceProposal = z.infer<typeof ServiceProposal>

const ServicePath = TenantPath.extend({ service: z.string() })

export const listServices = endpoint({
  name: 'listServices',
  method: 'GET',
  path: '/v1/tenants/{tenant}/services',
  tag: 'Policies',
  allow: 'policies:read',
  summary: 'Trusted services with the policies each has made, and the catalogue of known ones.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(TrustedService), catalogue: z.array(KnownService) }),
  status: 200,
  problems: ['not-found'],
})

export const proposeService = endpoint({
  name: 'proposeService',
  method: 'GET',
  path: '/v1/tenants/{tenant}/services/proposal',
  tag: 'Policies',
  allow: 'policies:write',
  summary: 'A draft of a trusted service, made of a message that was seen.',
  params: TenantPath,
  query: z.object({ message: z.string() }),
  body: Nothing,
  output: ServiceProposal,
  status: 200,
  problems: ['not-found'],
})

export const addService = endpoint({
  name: 'addService',
  method: 'POST',
  path: '/v1/tenants/{tenant}/services',
  tag: 'Policies',
  allow: 'policies:write',
  summary: 'Trusts a service: makes its policies together.',
  params: TenantPath,
  query: Nothing,
  body: z.object({ draft: ServiceDraft, reason: Reason }),
  output: TrustedService,
  status: 201,
  problems: ['not-found', 'invalid-input', 'limit-reached'],
})

export const removeService = endpoint({
  name: 'removeService',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/services/{service}',
  tag: 'Policies',
  allow: 'policies:write',
  summary: 'Trusts a service no more: removes its policies together.',
  params: ServicePath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})
