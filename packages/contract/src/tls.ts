// TLS with partners (C15, T1): domains whose hosts are tested, and the policies that ask for TLS with them.
import * as z from 'zod'
import { Check, DomainName, Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { Reason } from './policy.ts'
import { PolicyOptions } from './policy-option.ts'

/** Partners of one organisation. */
export const TLS_PARTNERS_MAX = 1_000

const PartnerPath = TenantPath.extend({ domain: z.string() })

export const DeliveryLevel = PolicyOptions['secure-delivery'].shape.level
export type DeliveryLevel = z.infer<typeof DeliveryLevel>

export const TlsTest = z.object({
  state: z.enum(['running', 'done']),
  startedAt: Time,
  checks: z.array(Check),
  /** The strongest level that every host of the partner can bear today; null where nobody could look. */
  strongest: DeliveryLevel.nullable(),
})
export type TlsTest = z.infer<typeof TlsTest>

export const TlsPartner = z.object({
  domain: z.string(),
  addedAt: Time,
  test: TlsTest.nullable(),
  /** Enabled policies that name the domain. */
  policies: z.array(
    z.object({
      id: z.string(),
      type: z.enum(['secure-delivery', 'secure-receipt']),
      name: z.string(),
      text: z.string(),
      level: DeliveryLevel.nullable(),
    }),
  ),
  /** What does not fit together: a policy that asks for more than the last test saw. */
  warning: z.string().nullable(),
})
export type TlsPartner = z.infer<typeof TlsPartner>

export const listTlsPartners = endpoint({
  name: 'listTlsPartners',
  method: 'GET',
  path: '/v1/tenants/{tenant}/tls/partners',
  tag: 'TLS',
  allow: 'policies:read',
  summary: 'Partner domains with their last TLS test and the policies about them.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(TlsPartner) }),
  status: 200,
  problems: ['not-found'],
})

export const addTlsPartner = endpoint({
  name: 'addTlsPartner',
  method: 'POST',
  path: '/v1/tenants/{tenant}/tls/partners',
  tag: 'TLS',
  allow: 'policies:write',
  summary: 'Adds a partner domain and tests the TLS of its mail hosts from an edge. Sends no mail.',
  params: TenantPath,
  query: Nothing,
  body: z.object({ domain: DomainName }),
  output: TlsPartner,
  status: 201,
  problems: ['invalid-input', 'domain-exists', 'limit-reached', 'edge-unreachable'],
})

export const testTlsPartner = endpoint({
  name: 'testTlsPartner',
  method: 'POST',
  path: '/v1/tenants/{tenant}/tls/partners/{domain}/test',
  tag: 'TLS',
  allow: 'policies:write',
  summary: 'Tests the TLS of a partner’s mail hosts again.',
  params: PartnerPath,
  query: Nothing,
  body: Nothing,
  output: TlsPartner,
  status: 202,
  problems: ['not-found', 'check-too-soon', 'edge-unreachable'],
})

export const enforceTlsPartner = endpoint({
  name: 'enforceTlsPartner',
  method: 'POST',
  path: '/v1/tenants/{tenant}/tls/partners/{domain}/policies',
  tag: 'TLS',
  allow: 'policies:write',
  summary: 'Makes policies for the partner: TLS for mail to it, and for mail from it where `receipt` is set.',
  params: PartnerPath,
  query: Nothing,
  body: z.object({ level: DeliveryLevel, receipt: z.boolean().default(false), reason: Reason }),
  output: TlsPartner,
  status: 201,
  problems: ['not-found', 'invalid-input', 'limit-reached'],
})

export const removeTlsPartner = endpoint({
  name: 'removeTlsPartner',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/tls/partners/{domain}',
  tag: 'TLS',
  allow: 'policies:write',
  summary: 'Takes a partner from the list; its policies stay.',
  params: PartnerPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})
