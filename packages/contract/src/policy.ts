// Policies (P1, P2, S2): what an administrator decides about mail, one rule at a time.
import * as z from 'zod'
import { Nothing, PageQuery, pageOf, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { PolicyOptions } from './policy-option.ts'

/** Policies of one type in one organisation. */
export const POLICIES_PER_TYPE_MAX = 10_000
export const SOURCE_IPS_MAX = 100
export const HOST_NAMES_MAX = 100

export const PolicyType = z.enum([
  'permitted-senders',
  'blocked-senders',
  'greylisting',
  'anti-spoofing',
  'display-name',
  'authentication',
  'auto-allow',
  'dkim-signing',
  'delivery-route',
  'secure-delivery',
  'secure-receipt',
  'virus-scanning',
  'attachment-handling',
  'spam-scanning',
  'first-contact',
])
export type PolicyType = z.infer<typeof PolicyType>

/** Whom a policy is about. `domain` stands for itself and its sub-domains. */
export const PolicyScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('everyone') }),
  z.object({ kind: z.literal('internal') }),
  z.object({ kind: z.literal('external') }),
  z.object({ kind: z.literal('free-mail') }),
  z.object({ kind: z.literal('domain'), domain: z.string().trim().min(1).max(253) }),
  z.object({ kind: z.literal('group'), groupId: z.string().min(1).max(60) }),
  /** Users with this attribute, by all their addresses; capitals make no difference. */
  z.object({
    kind: z.literal('attribute'),
    name: z.string().trim().min(1).max(100),
    value: z.string().trim().min(1).max(500),
  }),
  z.object({ kind: z.literal('address'), address: z.string().trim().min(3).max(320) }),
])
export type PolicyScope = z.infer<typeof PolicyScope>

const drafted = {
  name: z.string().trim().min(1).max(200),
  /** Stored with the message's explanation. */
  description: z.string().trim().max(1_000).default(''),
  from: PolicyScope,
  to: PolicyScope,
  addressesBasedOn: z.enum(['envelope', 'header', 'both']).default('envelope'),
  bidirectional: z.boolean().default(false),
  /** CIDR ranges or single addresses; the client must be in one of them. */
  sourceIps: z.array(z.string().trim().min(2).max(50)).max(SOURCE_IPS_MAX).default([]),
  /** Verified host names: exact, `.suffix`, or `*` in the first label (P3). */
  hostNames: z.array(z.string().trim().min(3).max(253)).max(HOST_NAMES_MAX).default([]),
  validFrom: Time.nullable().default(null),
  validUntil: Time.nullable().default(null),
  override: z.boolean().default(false),
  enabled: z.boolean().default(true),
}

const of = <Name extends PolicyType>(type: Name) =>
  ({ type: z.literal(type), option: PolicyOptions[type] }) as {
    readonly type: z.ZodLiteral<Name>
    readonly option: (typeof PolicyOptions)[Name]
  }

/** A policy as a person writes it. */
export const PolicyDraft = z.discriminatedUnion('type', [
  z.object({ ...drafted, ...of('permitted-senders') }),
  z.object({ ...drafted, ...of('blocked-senders') }),
  z.object({ ...drafted, ...of('greylisting') }),
  z.object({ ...drafted, ...of('anti-spoofing') }),
  z.object({ ...drafted, ...of('display-name') }),
  z.object({ ...drafted, ...of('authentication') }),
  z.object({ ...drafted, ...of('auto-allow') }),
  z.object({ ...drafted, ...of('dkim-signing') }),
  z.object({ ...drafted, ...of('delivery-route') }),
  z.object({ ...drafted, ...of('secure-delivery') }),
  z.object({ ...drafted, ...of('secure-receipt') }),
  z.object({ ...drafted, ...of('virus-scanning') }),
  z.object({ ...drafted, ...of('attachment-handling') }),
  z.object({ ...drafted, ...of('spam-scanning') }),
  z.object({ ...drafted, ...of('first-contact') }),
])
export type PolicyDraft = z.output<typeof PolicyDraft>
/** What a client sends: defaults may be left out. */
export type PolicyDraftIn = z.input<typeof PolicyDraft>

/** Why a change is made; kept with its revision (P6). */
export const Reason = z.string().trim().max(500).default('')

const stored = {
  id: z.string(),
  /** `default`: made with the organisation or a domain; `service`: made by a trusted service. */
  origin: z.enum(['person', 'default', 'service']),
  /** A default that cannot be changed, duplicated or removed. */
  locked: z.boolean(),
  state: z.enum(['active', 'disabled', 'starts-later', 'expired']),
  /** Both sides in words, with the names of groups. */
  fromText: z.string(),
  toText: z.string(),
  /** What it does, in words. */
  optionText: z.string(),
  createdAt: Time,
  createdBy: z.string(),
  updatedAt: Time,
  revision: z.int(),
}

export const Policy = z.discriminatedUnion('type', [
  z.object({ ...drafted, ...stored, ...of('permitted-senders') }),
  z.object({ ...drafted, ...stored, ...of('blocked-senders') }),
  z.object({ ...drafted, ...stored, ...of('greylisting') }),
  z.object({ ...drafted, ...stored, ...of('anti-spoofing') }),
  z.object({ ...drafted, ...stored, ...of('display-name') }),
  z.object({ ...drafted, ...stored, ...of('authentication') }),
  z.object({ ...drafted, ...stored, ...of('auto-allow') }),
  z.object({ ...drafted, ...stored, ...of('dkim-signing') }),
  z.object({ ...drafted, ...stored, ...of('delivery-route') }),
  z.object({ ...drafted, ...stored, ...of('secure-delivery') }),
  z.object({ ...drafted, ...stored, ...of('secure-receipt') }),
  z.object({ ...drafted, ...stored, ...of('virus-scanning') }),
  z.object({ ...drafted, ...stored, ...of('attachment-handling') }),
  z.object({ ...drafted, ...stored, ...of('spam-scanning') }),
  z.object({ ...drafted, ...stored, ...of('first-contact') }),
])
export type Policy = z.output<typeof Policy>

/** Another policy that meets the same mail, and what follows from it. */
export const PolicyConflict = z.object({
  id: z.string(),
  type: PolicyType,
  name: z.string(),
  enabled: z.boolean(),
  /**
   * `shadowed-by`: it comes first for all mail of this policy. `overlaps`: it comes first for a part.
   * `shadows`: this policy comes first for all of its mail. `narrows`: for a part. `beats`: a policy of
   * another type decides first whatever the order here, such as a block over a permit.
   */
  relation: z.enum(['shadowed-by', 'overlaps', 'shadows', 'narrows', 'beats']),
  /** A whole sentence. */
  text: z.string(),
})
export type PolicyConflict = z.infer<typeof PolicyConflict>

const Conflicts = z.object({
  conflicts: z.array(PolicyConflict),
  /** More were found than are listed. */
  moreConflicts: z.boolean(),
  /** What is worth knowing before saving, such as a permit for an internal address. */
  warnings: z.array(z.string()),
})

export const PolicyWithConflicts = Conflicts.extend({ policy: Policy, revision: z.int() })
export type PolicyWithConflicts = z.infer<typeof PolicyWithConflicts>

export const PolicyPreview = Conflicts.extend({
  /** Faults that saving would refuse, by field. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })),
})
export type PolicyPreview = z.infer<typeof PolicyPreview>

/** One revision (P6). */
export const PolicyRevision = z.object({
  id: z.string(),
  number: z.int(),
  at: Time,
  actor: z.string(),
  action: z.enum(['created', 'changed', 'removed', 'enabled', 'disabled']),
  reason: z.string(),
  /** Field, before, after. */
  changes: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
})
export type PolicyRevision = z.infer<typeof PolicyRevision>

const PolicyPath = TenantPath.extend({ policy: z.string() })
export const ReasonQuery = z.object({ reason: Reason })

export const listPolicies = endpoint({
  name: 'listPolicies',
  method: 'GET',
  path: '/v1/tenants/{tenant}/policies',
  tag: 'Policies',
  allow: 'policies:read',
  summary: 'Policies, newest first; by type, state, group, and words of name, description or either side.',
  params: TenantPath,
  query: PageQuery.extend({
    type: PolicyType.optional(),
    search: z.string().trim().max(320).optional(),
    enabled: z.enum(['true', 'false']).optional(),
    origin: z.enum(['person', 'default', 'service']).optional(),
    group: z.string().optional(),
  }),
  body: Nothing,
  output: pageOf(Policy),
  status: 200,
  problems: ['not-found'],
})

export const getPolicySummary = endpoint({
  name: 'getPolicySummary',
  method: 'GET',
  path: '/v1/tenants/{tenant}/policies/summary',
  tag: 'Policies',
  allow: 'policies:read',
  summary: 'How many policies there are of each type, and how many of them are enabled.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({
    types: z.array(z.object({ type: PolicyType, total: z.int(), enabled: z.int(), max: z.int() })),
    groups: z.int(),
  }),
  status: 200,
  problems: ['not-found'],
})

export const previewPolicy = endpoint({
  name: 'previewPolicy',
  method: 'POST',
  path: '/v1/tenants/{tenant}/policies/preview',
  tag: 'Policies',
  allow: 'policies:read',
  summary: 'Checks a draft and lists the policies it would meet. Nothing is saved.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    draft: PolicyDraft,
    /** The policy that the draft would replace. */
    id: z.string().nullable().default(null),
  }),
  output: PolicyPreview,
  status: 200,
  problems: ['not-found', 'invalid-input'],
})

export const getPolicy = endpoint({
  name: 'getPolicy',
  method: 'GET',
  path: '/v1/tenants/{tenant}/policies/{policy}',
  tag: 'Policies',
  allow: 'policies:read',
  summary: 'One policy with the policies it meets.',
  params: PolicyPath,
  query: Nothing,
  body: Nothing,
  output: PolicyWithConflicts,
  status: 200,
  problems: ['not-found'],
})

export const createPolicy = endpoint({
  name: 'createPolicy',
  method: 'POST',
  path: '/v1/tenants/{tenant}/policies',
  tag: 'Policies',
  allow: 'policies:write',
  summary: 'Adds a policy; live on every edge within a second.',
  params: TenantPath,
  query: Nothing,
  body: z.object({ draft: PolicyDraft, reason: Reason }),
  output: PolicyWithConflicts,
  status: 201,
  problems: ['not-found', 'invalid-input', 'limit-reached'],
})

export const updatePolicy = endpoint({
  name: 'updatePolicy',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/policies/{policy}',
  tag: 'Policies',
  allow: 'policies:write',
  summary: 'Replaces what a policy says; its type stays. `If-Match` names the revision that was read.',
  params: PolicyPath,
  query: Nothing,
  body: z.object({ draft: PolicyDraft, reason: Reason }),
  output: PolicyWithConflicts,
  status: 200,
  problems: ['not-found', 'invalid-input', 'changed-meanwhile', 'policy-locked', 'limit-reached'],
})

export const enablePolicy = endpoint({
  name: 'enablePolicy',
  method: 'PATCH',
  path: '/v1/tenants/{tenant}/policies/{policy}',
  tag: 'Policies',
  allow: 'policies:write',
  summary: 'Switches a policy on or off without removing it.',
  params: PolicyPath,
  query: Nothing,
  body: z.object({ enabled: z.boolean(), reason: Reason }),
  output: PolicyWithConflicts,
  status: 200,
  problems: ['not-found', 'changed-meanwhile', 'policy-locked'],
})

export const duplicatePolicy = endpoint({
  name: 'duplicatePolicy',
  method: 'POST',
  path: '/v1/tenants/{tenant}/policies/{policy}/duplicate',
  tag: 'Policies',
  allow: 'policies:write',
  summary: 'Makes a disabled copy, to be changed and then enabled.',
  params: PolicyPath,
  query: Nothing,
  body: z.object({ reason: Reason }),
  output: PolicyWithConflicts,
  status: 201,
  problems: ['not-found', 'policy-locked', 'limit-reached'],
})

export const removePolicy = endpoint({
  name: 'removePolicy',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/policies/{policy}',
  tag: 'Policies',
  allow: 'policies:write',
  summary: 'Removes a policy. Its history stays.',
  params: PolicyPath,
  query: ReasonQuery,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found', 'changed-meanwhile', 'policy-locked'],
})

export const getPolicyHistory = endpoint({
  name: 'getPolicyHistory',
  method: 'GET',
  path: '/v1/tenants/{tenant}/policies/{policy}/history',
  tag: 'Policies',
  allow: 'policies:read',
  summary: 'Every change of a policy, newest first: who, when, why and what.',
  params: PolicyPath,
  query: PageQuery,
  body: Nothing,
  output: pageOf(PolicyRevision),
  status: 200,
  problems: ['not-found'],
})
