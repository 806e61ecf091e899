// Forwarding addresses (C13): mail for an address of the organisation goes to another one.
import * as z from 'zod'
import { Address, Check, Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

const ForwardingPath = TenantPath.extend({ forwarding: z.string() })

export const ForwardingAddress = z.object({
  id: z.string(),
  address: z.string(),
  target: z.string(),
  /** Also delivered to the address itself. */
  keepCopy: z.boolean(),
  /** The target is outside: its mail gets a reverse-path of ours (SRS). */
  isExternal: z.boolean(),
  comment: z.string(),
  createdAt: Time,
  createdBy: z.string(),
  lastSeenAt: Time.nullable(),
})
export type ForwardingAddress = z.infer<typeof ForwardingAddress>

const Fields = {
  target: Address.describe('Where its mail goes'),
  keepCopy: z.boolean(),
  comment: z.string().trim().max(200),
}

export const listForwardings = endpoint({
  name: 'listForwardings',
  method: 'GET',
  path: '/v1/tenants/{tenant}/forwarding-addresses',
  tag: 'Mail flow',
  allow: 'outbound:read',
  summary: 'Forwarding addresses, by address.',
  params: TenantPath,
  query: PageQuery.extend({ search: z.string().trim().max(320).optional() }),
  body: Nothing,
  output: pageOf(ForwardingAddress),
  status: 200,
  problems: ['not-found'],
})

export const addForwarding = endpoint({
  name: 'addForwarding',
  method: 'POST',
  path: '/v1/tenants/{tenant}/forwarding-addresses',
  tag: 'Mail flow',
  allow: 'outbound:write',
  summary: 'Makes an address forward. Loops are refused.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    address: Address.describe('In a validated domain'),
    target: Fields.target,
    keepCopy: Fields.keepCopy.default(false),
    comment: Fields.comment.default(''),
  }),
  output: ForwardingAddress,
  status: 201,
  problems: ['invalid-input', 'address-exists', 'address-not-in-domain', 'limit-reached'],
})

export const updateForwarding = endpoint({
  name: 'updateForwarding',
  method: 'PATCH',
  path: '/v1/tenants/{tenant}/forwarding-addresses/{forwarding}',
  tag: 'Mail flow',
  allow: 'outbound:write',
  summary: 'Changes where an address forwards to.',
  params: ForwardingPath,
  query: Nothing,
  body: z.object({
    target: Fields.target.optional(),
    keepCopy: Fields.keepCopy.optional(),
    comment: Fields.comment.optional(),
  }),
  output: ForwardingAddress,
  status: 200,
  problems: ['not-found', 'invalid-input'],
})

export const removeForwarding = endpoint({
  name: 'removeForwarding',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/forwarding-addresses/{forwarding}',
  tag: 'Mail flow',
  allow: 'outbound:write',
  summary: 'Ends forwarding; mail goes to the address itself again.',
  params: ForwardingPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const testForwarding = endpoint({
  name: 'testForwarding',
  method: 'POST',
  path: '/v1/tenants/{tenant}/forwarding-addresses/test',
  tag: 'Mail flow',
  allow: 'outbound:write',
  summary:
    'Whether the target would take mail: loop, host found, recipient accepted. Nothing is saved or sent.',
  params: TenantPath,
  query: Nothing,
  body: z.object({ address: Address, target: Address }),
  output: z.object({ checks: z.array(Check), passed: z.boolean() }),
  status: 200,
  problems: ['invalid-input', 'edge-unreachable'],
})
