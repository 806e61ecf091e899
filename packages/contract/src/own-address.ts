// Our addresses as data (O7): every address that we send from, open to all; changes are announced days ahead,
// with the organisations that do not allow the new ones yet.
import * as z from 'zod'
import { Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

/** Addresses an operator may announce. */
export const OWN_ADDRESSES_MAX = 200

/** What an address connects out for. */
export const addressPurposes = ['smtp', 'directory', 'sync'] as const
export const AddressPurpose = z.enum(addressPurposes)
export type AddressPurpose = z.infer<typeof AddressPurpose>

export const OwnAddress = z.object({
  address: z.string(),
  purposes: z.array(AddressPurpose),
  state: z.enum(['active', 'coming', 'ending']),
  /** From then on we connect from it; null for one that always was there. */
  activeFrom: Time.nullable(),
  /** From then on we do not. */
  endsAt: Time.nullable(),
  note: z.string(),
})
export type OwnAddress = z.infer<typeof OwnAddress>

const Listed = z.object({
  hostname: z.string(),
  /** The name whose SPF record has all of them; organisations include it. */
  spfName: z.string(),
  /** The name whose address records are all of them. */
  dnsName: z.string(),
  addresses: z.array(OwnAddress),
})

export const getAddresses = endpoint({
  name: 'getAddresses',
  method: 'GET',
  path: '/v1/addresses',
  tag: 'Addresses',
  allow: 'public',
  summary: 'Every address this gateway sends from and connects out from, and changes that are announced.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: Listed,
  status: 200,
  problems: [],
})

/** An organisation that does not allow an address yet. */
export const Lacking = z.object({
  tenant: z.string(),
  slug: z.string(),
  name: z.string(),
  /** What is missing, in a sentence. */
  why: z.string(),
})
export type Lacking = z.infer<typeof Lacking>

const OwnView = Listed.extend({
  items: z.array(OwnAddress.extend({ announced: z.boolean(), lacking: z.array(Lacking) })),
})

export const listOwnAddresses = endpoint({
  name: 'listOwnAddresses',
  method: 'GET',
  path: '/v1/system/addresses',
  tag: 'Addresses',
  allow: 'system:read',
  summary: 'The same for the operator, with the organisations that do not allow an announced address yet.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: OwnView,
  status: 200,
  problems: [],
})

export const announceAddress = endpoint({
  name: 'announceAddress',
  method: 'POST',
  path: '/v1/system/addresses',
  tag: 'Addresses',
  allow: 'system:write',
  summary: 'Announces an address that comes or goes on a day.',
  params: Nothing,
  query: Nothing,
  body: z.object({
    address: z.string().trim().min(2).max(50),
    purposes: z.array(AddressPurpose).min(1),
    activeFrom: Time,
    endsAt: Time.nullable().default(null),
    note: z.string().trim().max(200).default(''),
  }),
  output: OwnAddress,
  status: 201,
  problems: ['invalid-input', 'limit-reached'],
})

export const withdrawAddress = endpoint({
  name: 'withdrawAddress',
  method: 'DELETE',
  path: '/v1/system/addresses/{ip}',
  tag: 'Addresses',
  allow: 'system:write',
  summary: 'Takes an announcement back.',
  params: z.object({ ip: z.string().describe('The address') }),
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const getTenantAddresses = endpoint({
  name: 'getTenantAddresses',
  method: 'GET',
  path: '/v1/tenants/{tenant}/addresses',
  tag: 'Addresses',
  allow: 'tenant:read',
  summary: 'Our addresses with what this organisation allows: its SPF records, and what it confirmed.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: Listed.extend({
    items: z.array(
      OwnAddress.extend({
        /** The SPF records of its domains that do not name it. */
        missingIn: z.array(z.string()),
        confirmedAt: Time.nullable(),
        confirmedBy: z.string().nullable(),
      }),
    ),
  }),
  status: 200,
  problems: ['not-found'],
})

export const confirmAddress = endpoint({
  name: 'confirmAddress',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/addresses/{ip}/confirmed',
  tag: 'Addresses',
  allow: 'tenant:write',
  summary: 'Says that the organisation’s firewall allows an address of ours, or takes that back.',
  params: TenantPath.extend({ ip: z.string() }),
  query: Nothing,
  body: z.object({ confirmed: z.boolean() }),
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})
