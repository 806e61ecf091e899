// Anti-spoofing (F3, F5): what protects each domain, and who outside sends with it.
import * as z from 'zod'
import { Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { Policy, PolicyWithConflicts, Reason } from './policy.ts'

export const SPOOF_KINDS = ['dkim', 'host', 'network'] as const

/** What a source is found by again. */
export const SpoofKey = z.object({
  domain: z.string().min(1).max(253),
  kind: z.enum(SPOOF_KINDS),
  source: z.string().min(1).max(253),
})
export type SpoofKey = z.infer<typeof SpoofKey>

/** The ways to exempt a source, the narrowest first. */
export const EXEMPTIONS = ['dkim', 'host', 'ip', 'spf'] as const
export const Exemption = z.object({
  by: z.enum(EXEMPTIONS),
  /** The signing domain, host name pattern, address range, or domain whose SPF record is taken. */
  value: z.string(),
  /** What it means, in a sentence. */
  text: z.string(),
  /** Why it is not wise; empty when nothing speaks against it. */
  warnings: z.array(z.string()),
})
export type Exemption = z.infer<typeof Exemption>

export const SpoofSource = SpoofKey.extend({
  /** Its name where the catalogue of known services has one. */
  name: z.string(),
  catalogue: z.string().nullable(),
  firstSeenAt: Time,
  lastSeenAt: Time,
  accepted: z.int(),
  refused: z.int(),
  /** Taken because the policy only reports. */
  reported: z.int(),
  newest: z.object({
    messageId: z.string(),
    sender: z.string(),
    basis: z.enum(['envelope', 'header']),
    ip: z.string(),
    hostName: z.string().nullable(),
    signers: z.array(z.string()),
    spf: z.string(),
    spfDomain: z.string(),
    dmarc: z.string(),
    outcome: z.enum(['accepted', 'refused', 'reported', 'deferred']),
    because: z.string(),
  }),
  /** What becomes of its mail now, and what would without report-only, in a sentence. */
  text: z.string(),
  state: z.enum(['passes', 'exempt', 'refused', 'would-be-refused']),
  /** The policy that exempts it. */
  exemptedBy: z.object({ id: z.string(), name: z.string() }).nullable(),
  exemptions: z.array(Exemption),
  dismissed: z.boolean(),
})
export type SpoofSource = z.infer<typeof SpoofSource>

export const SpoofedDomain = z.object({
  domain: z.string(),
  /** `unprotected` has no policy that refuses or reports. */
  state: z.enum(['refuses', 'reports', 'unprotected']),
  /** The policy that applies to the whole domain, where there is one. */
  policy: Policy.nullable(),
  acceptsAligned: z.boolean(),
  /** Policies that let some senders through. */
  exemptions: z.array(Policy),
  /** In the days looked at. */
  refused: z.int(),
  reported: z.int(),
  accepted: z.int(),
})
export type SpoofedDomain = z.infer<typeof SpoofedDomain>

export const Spoofing = z.object({
  since: Time,
  domains: z.array(SpoofedDomain),
  sources: z.array(SpoofSource),
})
export type Spoofing = z.infer<typeof Spoofing>

export const getSpoofing = endpoint({
  name: 'getSpoofing',
  method: 'GET',
  path: '/v1/tenants/{tenant}/spoofing',
  tag: 'Forgery',
  allow: 'policies:read',
  summary: 'How each domain is protected from forgery, and who outside sends with it.',
  params: TenantPath,
  query: z.object({ dismissed: z.enum(['true', 'false']).default('false') }),
  body: Nothing,
  output: Spoofing,
  status: 200,
  problems: ['not-found'],
})

export const setSpoofing = endpoint({
  name: 'setSpoofing',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/spoofing/domains/{domain}',
  tag: 'Forgery',
  allow: 'policies:write',
  summary: 'Refuses mail from outside that uses a domain, only reports it, or takes it.',
  params: TenantPath.extend({ domain: z.string() }),
  query: Nothing,
  body: z.object({
    action: z.enum(['refuse', 'report', 'none']),
    acceptAligned: z.boolean(),
    reason: Reason,
  }),
  output: PolicyWithConflicts,
  status: 200,
  problems: ['not-found', 'invalid-input', 'limit-reached', 'policy-locked', 'changed-meanwhile'],
})

export const exemptSpoofSource = endpoint({
  name: 'exemptSpoofSource',
  method: 'POST',
  path: '/v1/tenants/{tenant}/spoofing/exemptions',
  tag: 'Forgery',
  allow: 'policies:write',
  summary: 'Lets a source that was seen send with a domain, by the narrowest policy.',
  params: TenantPath,
  query: Nothing,
  body: SpoofKey.extend({
    by: z.enum(EXEMPTIONS),
    value: z.string().trim().min(1).max(253),
    /** Only for this sender; the whole domain when left out. */
    sender: z.string().max(320).nullable().default(null),
    reason: Reason,
  }),
  output: PolicyWithConflicts,
  status: 201,
  problems: ['not-found', 'invalid-input', 'limit-reached'],
})

export const dismissSpoofSource = endpoint({
  name: 'dismissSpoofSource',
  method: 'POST',
  path: '/v1/tenants/{tenant}/spoofing/dismissals',
  tag: 'Forgery',
  allow: 'policies:write',
  summary: 'Sets a source aside, or brings it back.',
  params: TenantPath,
  query: Nothing,
  body: SpoofKey.extend({ dismissed: z.boolean() }),
  output: Nothing,
  status: 204,
  problems: ['not-found'],
})

/** What an SPF record would let through, so that nobody lists one that lets everybody through. */
export const SpfLook = z.object({
  domain: z.string(),
  found: z.boolean(),
  /** Terms that ask for a look-up (RFC 7208 §4.6.4); more than ten and the record counts for nothing. */
  lookUps: z.int(),
  sharedClouds: z.array(z.string()),
  warnings: z.array(z.string()),
})
export type SpfLook = z.infer<typeof SpfLook>

export const lookAtSpf = endpoint({
  name: 'lookAtSpf',
  method: 'GET',
  path: '/v1/tenants/{tenant}/spoofing/spf/{name}',
  tag: 'Forgery',
  allow: 'policies:read',
  summary: 'Counts the look-ups of an SPF record and names shared clouds in it.',
  params: TenantPath.extend({ name: z.string() }),
  query: Nothing,
  body: Nothing,
  output: SpfLook,
  status: 200,
  problems: ['not-found', 'invalid-input'],
})
