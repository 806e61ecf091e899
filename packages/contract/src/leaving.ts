// Leaving: mail moved away (looked at live), everything exported, then erased after a cooling-off, with a
// signed receipt that the operator keeps.
import * as z from 'zod'
import { Check, Nothing, TenantPath, Time } from './common.ts'
import { BinaryFile, endpoint } from './endpoint.ts'

/** Days between the request and the erasing, in which it can be undone. */
export const COOLING_OFF_DAYS = 7
/** Days an export can be downloaded. */
export const EXPORT_DAYS = 7

export const TenantExport = z.object({
  id: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  /** What is being written, such as `messages.csv`. */
  part: z.string(),
  /** Parts written, and how many there are. */
  done: z.int(),
  parts: z.int(),
  startedAt: Time,
  endedAt: Time.nullable(),
  expiresAt: Time,
  askedBy: z.string(),
  bytes: z.int(),
  /** SHA-256 of the file in hex. */
  digest: z.string().nullable(),
  why: z.string().nullable(),
})
export type TenantExport = z.infer<typeof TenantExport>

export const Departure = z.object({
  organisation: z.string(),
  slug: z.string(),
  /** What has to be so before anything is erased. */
  checks: z.array(Check),
  exports: z.array(TenantExport),
  request: z
    .object({
      askedAt: Time,
      askedBy: z.string(),
      /** Not before. */
      eraseAt: Time,
      agreedAt: Time.nullable(),
      agreedBy: z.string().nullable(),
      /** Why it was not erased when it was due. */
      fault: z.string().nullable(),
    })
    .nullable(),
})
export type Departure = z.infer<typeof Departure>

export const Receipt = z.object({
  id: z.string(),
  erasedAt: Time,
  name: z.string(),
  /** The text that is signed. */
  document: z.string(),
  /** Ed25519 over the text, base64. */
  signature: z.string(),
  /** PEM. */
  publicKey: z.string(),
})
export type Receipt = z.infer<typeof Receipt>

export const getDeparture = endpoint({
  name: 'getDeparture',
  method: 'GET',
  path: '/v1/tenants/{tenant}/leaving',
  tag: 'Leaving',
  allow: 'tenant:write',
  summary: 'How far leaving is: what is checked live, exports, and the request.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: Departure,
  status: 200,
  problems: ['not-found'],
})

export const startExport = endpoint({
  name: 'startExport',
  method: 'POST',
  path: '/v1/tenants/{tenant}/leaving/exports',
  tag: 'Leaving',
  allow: 'people:export',
  summary: 'Writes everything of the organisation into one ZIP file, as long work.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: TenantExport,
  status: 202,
  problems: ['not-found', 'check-too-soon'],
})

export const downloadExport = endpoint({
  name: 'downloadExport',
  method: 'GET',
  path: '/v1/tenants/{tenant}/leaving/exports/{wholeExport}/file',
  tag: 'Leaving',
  allow: 'people:export',
  summary: 'The file of an export, once it is done and until it expires.',
  params: TenantPath.extend({ wholeExport: z.string() }),
  query: Nothing,
  body: Nothing,
  output: BinaryFile,
  file: { mediaType: 'application/zip', name: 'gatepost-export.zip' },
  status: 200,
  problems: ['not-found'],
})

export const requestDeparture = endpoint({
  name: 'requestDeparture',
  method: 'POST',
  path: '/v1/tenants/{tenant}/leaving',
  tag: 'Leaving',
  allow: 'people:erase',
  summary: 'Asks to erase the organisation; begins the cooling-off.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    /** The organisation's name, typed. */
    name: z.string().max(200),
  }),
  output: Departure,
  status: 201,
  problems: ['not-found', 'invalid-input', 'leaving-blocked', 'on-hold'],
})

export const cancelDeparture = endpoint({
  name: 'cancelDeparture',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/leaving',
  tag: 'Leaving',
  allow: 'people:erase',
  summary: 'Takes the request back; nothing is erased.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const listDepartures = endpoint({
  name: 'listDepartures',
  method: 'GET',
  path: '/v1/system/departures',
  tag: 'Leaving',
  allow: 'system:read',
  summary: 'Organisations that asked to leave, and receipts of those that are gone.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: z.object({
    items: z.array(
      z.object({
        tenant: z.string(),
        slug: z.string(),
        name: z.string(),
        askedAt: Time,
        askedBy: z.string(),
        eraseAt: Time,
        agreedAt: Time.nullable(),
        agreedBy: z.string().nullable(),
        fault: z.string().nullable(),
      }),
    ),
    receipts: z.array(Receipt),
  }),
  status: 200,
  problems: [],
})

export const agreeToDeparture = endpoint({
  name: 'agreeToDeparture',
  method: 'POST',
  path: '/v1/system/departures/{departure}/agree',
  tag: 'Leaving',
  allow: 'system:write',
  summary: 'The operator agrees that an organisation is erased once its cooling-off is over.',
  params: z.object({ departure: z.string().describe('Id of the organisation') }),
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})
