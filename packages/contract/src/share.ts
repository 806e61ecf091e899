// Share links: one step with its values, read-only, for a colleague without an account, until a day.
import * as z from 'zod'
import { Address, Check, DnsRecord, Environment, Nothing, StepState, TenantPath, Time } from './common.ts'
import { StepName } from './connect.ts'
import { endpoint } from './endpoint.ts'
import { Said } from './saying.ts'

/** Links of one organisation that are open. */
export const SHARES_MAX = 200
export const SHARE_DAYS_MAX = 30

export const Share = z.object({
  id: z.string(),
  step: StepName,
  title: z.string(),
  /** Where the link shows one domain alone. */
  domain: z.string().nullable(),
  note: z.string(),
  mailedTo: z.string().nullable(),
  createdAt: Time,
  createdBy: z.string(),
  expiresAt: Time,
  lastUsedAt: Time.nullable(),
  /** Times it was opened; looks of one reader within a minute are one. */
  uses: z.int(),
})
export type Share = z.infer<typeof Share>

/** What the reader of a link sees. */
export const SharedStep = z.object({
  organisation: z.string(),
  environment: Environment,
  step: StepName,
  title: z.string(),
  why: z.string(),
  changesForUsers: z.string(),
  couldBreak: z.string(),
  undo: z.string(),
  minutes: z.int(),
  state: StepState,
  domain: z.string().nullable(),
  sharedBy: z.string(),
  note: z.string(),
  expiresAt: Time,
  records: z.array(DnsRecord),
  values: z.array(z.object({ label: z.string(), value: z.string(), said: Said.optional() })),
  /** What to do at the mail host: the reader's page words it from these values. */
  instructions: z
    .object({
      direction: z.enum(['inbound', 'outbound']),
      smartHost: z.string(),
      ports: z.array(z.int()),
      domain: z.string(),
    })
    .nullable(),
  checks: z.array(Check),
  checkedAt: Time.nullable(),
})
export type SharedStep = z.infer<typeof SharedStep>

export const listShares = endpoint({
  name: 'listShares',
  method: 'GET',
  path: '/v1/tenants/{tenant}/shares',
  tag: 'Connect',
  allow: 'connect:read',
  summary: 'Share links that are open, newest first; the links themselves are shown once only.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(Share) }),
  status: 200,
  problems: ['not-found'],
})

export const createShare = endpoint({
  name: 'createShare',
  method: 'POST',
  path: '/v1/tenants/{tenant}/shares',
  tag: 'Connect',
  allow: 'connect:write',
  summary: 'Makes a read-only link to one step, to copy or to be mailed to a colleague.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    step: StepName,
    /** Id or name of one domain; null shows all. */
    domain: z.string().max(253).nullable().default(null),
    days: z.int().min(1).max(SHARE_DAYS_MAX).default(7),
    note: z.string().trim().max(500).default(''),
    /** Null: the link is shown and handed on by oneself. */
    mailTo: Address.nullable().default(null),
  }),
  output: z.object({
    share: Share,
    /** Shown once; null where it was mailed. */
    link: z.string().nullable(),
  }),
  status: 201,
  problems: ['not-found', 'invalid-input', 'limit-reached', 'too-many-attempts', 'edge-unreachable'],
})

export const removeShare = endpoint({
  name: 'removeShare',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/shares/{share}',
  tag: 'Connect',
  allow: 'connect:write',
  summary: 'Takes a link back; it shows nothing from then on.',
  params: TenantPath.extend({ share: z.string() }),
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

export const viewShare = endpoint({
  name: 'viewShare',
  method: 'POST',
  path: '/v1/shares/view',
  tag: 'Connect',
  allow: 'public',
  summary: 'What a share link shows. The token stands in the body, so that no log learns it.',
  params: Nothing,
  query: Nothing,
  body: z.object({ token: z.string().min(1).max(200) }),
  output: SharedStep,
  status: 200,
  problems: ['share-wrong', 'too-many-attempts'],
})
