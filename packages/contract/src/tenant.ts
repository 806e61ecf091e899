// Organisations (tenants): name, environment, emergency contact; where their settings are live; audit log.
import * as z from 'zod'
import {
  Address,
  DomainName,
  Environment,
  Liveness,
  Nothing,
  PageQuery,
  pageOf,
  TenantPath,
  Time,
} from './common.ts'
import { endpoint } from './endpoint.ts'

export const EmergencyContact = z.object({
  name: z.string().trim().min(1).max(120),
  email: Address,
  phone: z.string().trim().max(40).default(''),
})

/** As it is kept: empty where an operator added the organisation and named nobody; Connect asks for it. */
export const KeptContact = z.object({ name: z.string(), email: z.string(), phone: z.string() })

export const Tenant = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  primaryDomain: z.string(),
  environment: Environment,
  /** Inbound only organisations need no C6 (decisions 52). */
  inboundOnly: z.boolean(),
  emergencyContact: KeptContact,
  /** Gets mail for postmaster and abuse of every domain, and notices; null is nobody special. */
  postmaster: z.string().nullable(),
  createdAt: Time,
  revision: z.int(),
})
export type Tenant = z.infer<typeof Tenant>

export const listTenants = endpoint({
  name: 'listTenants',
  method: 'GET',
  path: '/v1/tenants',
  tag: 'Organisations',
  allow: 'signed-in',
  summary: 'The organisations that the signed-in person may see.',
  params: Nothing,
  query: PageQuery,
  body: Nothing,
  output: pageOf(Tenant),
  status: 200,
  problems: [],
})

export const createTenant = endpoint({
  name: 'createTenant',
  method: 'POST',
  path: '/v1/tenants',
  tag: 'Organisations',
  allow: 'system:write',
  summary: 'Adds an organisation (operators only); the operator becomes its super administrator.',
  params: Nothing,
  query: Nothing,
  body: z.object({
    name: z.string().trim().min(1).max(120),
    primaryDomain: DomainName,
    environment: Environment,
    emergencyContact: EmergencyContact,
  }),
  output: Tenant,
  status: 201,
  problems: ['invalid-input', 'domain-taken'],
})

export const getTenant = endpoint({
  name: 'getTenant',
  method: 'GET',
  path: '/v1/tenants/{tenant}',
  tag: 'Organisations',
  allow: 'tenant:read',
  summary: 'One organisation.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: Tenant,
  status: 200,
  problems: ['not-found'],
})

export const updateTenant = endpoint({
  name: 'updateTenant',
  method: 'PATCH',
  path: '/v1/tenants/{tenant}',
  tag: 'Organisations',
  allow: 'tenant:write',
  summary: 'Changes name, environment, emergency contact or postmaster.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    name: z.string().trim().min(1).max(120).optional(),
    environment: Environment.optional(),
    inboundOnly: z.boolean().optional(),
    emergencyContact: EmergencyContact.optional(),
    /** An address in one of the organisation's domains; null sends such mail as it was addressed. */
    postmaster: Address.nullable().optional(),
  }),
  output: Tenant,
  status: 200,
  problems: ['not-found', 'invalid-input', 'changed-meanwhile'],
})

export const getLiveness = endpoint({
  name: 'getLiveness',
  method: 'GET',
  path: '/v1/tenants/{tenant}/live',
  tag: 'Organisations',
  allow: 'tenant:read',
  summary: 'On how many edges the newest settings are live.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: Liveness,
  status: 200,
  problems: ['not-found'],
})
