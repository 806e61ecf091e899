// The wire shape of rules and address groups inside a tenant's shard; equal to the policy types, checked by
// the compiler.
import * as z from 'zod'
import type { AddressGroup, PolicyRule, Scope } from '#policy/rule.ts'

const ScopeShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('everyone') }),
  z.object({ kind: z.literal('internal') }),
  z.object({ kind: z.literal('external') }),
  z.object({ kind: z.literal('free-mail') }),
  z.object({ kind: z.literal('domain'), domain: z.string() }),
  z.object({ kind: z.literal('group'), groupId: z.string() }),
  z.object({ kind: z.literal('attribute'), name: z.string(), value: z.string() }),
  z.object({ kind: z.literal('address'), address: z.string() }),
]) satisfies z.ZodType<Scope>

const common = {
  id: z.string(),
  name: z.string(),
  from: ScopeShape,
  to: ScopeShape,
  addressesBasedOn: z.enum(['envelope', 'header', 'both']),
  bidirectional: z.boolean(),
  sourceIps: z.array(z.string()),
  hostNames: z.array(z.string()),
  validFrom: z.number().nullable(),
  validUntil: z.number().nullable(),
  override: z.boolean(),
  createdAt: z.number(),
}

const onFail = z.enum(['none', 'cancel-permits', 'hold', 'reject'])
const onAttachment = z.enum(['none', 'tag', 'hold', 'reject'])
const onDisplayName = z.enum(['none', 'tag', 'hold', 'reject'])

export const RuleShape = z.discriminatedUnion('type', [
  z.object({
    ...common,
    type: z.literal('permitted-senders'),
    option: z.object({ action: z.enum(['permit', 'none']), onlyIfAuthenticated: z.boolean() }),
  }),
  z.object({
    ...common,
    type: z.literal('blocked-senders'),
    option: z.object({ action: z.enum(['block', 'none']) }),
  }),
  z.object({
    ...common,
    type: z.literal('greylisting'),
    option: z.object({ action: z.enum(['apply', 'observe', 'none']) }),
  }),
  z.object({
    ...common,
    type: z.literal('anti-spoofing'),
    option: z.object({
      action: z.enum(['refuse', 'report', 'none']),
      acceptAligned: z.boolean(),
      spfDomains: z.array(z.string()),
      dkimDomains: z.array(z.string()),
    }),
  }),
  z.object({
    ...common,
    type: z.literal('display-name'),
    option: z.object({ action: onDisplayName, whenAuthenticated: onDisplayName }),
  }),
  z.object({
    ...common,
    type: z.literal('authentication'),
    option: z.object({
      spfFail: onFail,
      dkimFail: onFail,
      dmarcFail: z.enum(['none', 'cancel-permits', 'hold', 'reject', 'honour']),
      noneFound: onFail,
    }),
  }),
  z.object({
    ...common,
    type: z.literal('auto-allow'),
    option: z.object({ action: z.enum(['create', 'none']) }),
  }),
  z.object({
    ...common,
    type: z.literal('dkim-signing'),
    option: z.object({ action: z.enum(['sign', 'none']) }),
  }),
  z.object({
    ...common,
    type: z.literal('delivery-route'),
    option: z.object({ routeId: z.string() }),
  }),
  z.object({
    ...common,
    type: z.literal('secure-delivery'),
    option: z.object({
      level: z.enum(['opportunistic', 'enforced-relaxed', 'enforced-strict', 'verified', 'dane', 'mta-sts']),
      names: z.array(z.string()),
    }),
  }),
  z.object({
    ...common,
    type: z.literal('secure-receipt'),
    option: z.object({ action: z.enum(['enforce', 'none']), version: z.enum(['1.2', '1.3']) }),
  }),
  z.object({
    ...common,
    type: z.literal('virus-scanning'),
    option: z.object({
      action: z.enum(['scan', 'none']),
      infected: z.enum(['reject', 'hold']),
      notChecked: z.enum(['hold', 'reject', 'deliver']),
      unavailable: z.enum(['defer', 'hold', 'deliver']),
    }),
  }),
  z.object({
    ...common,
    type: z.literal('attachment-handling'),
    option: z.object({
      dangerous: onAttachment,
      script: onAttachment,
      macro: onAttachment,
      encrypted: onAttachment,
      disguised: onAttachment,
      unreadable: onAttachment,
    }),
  }),
  z.object({
    ...common,
    type: z.literal('spam-scanning'),
    option: z.object({
      action: z.enum(['hold', 'tag', 'reject', 'none']),
      level: z.enum(['relaxed', 'moderate', 'aggressive']),
    }),
  }),
  z.object({
    ...common,
    type: z.literal('first-contact'),
    option: z.object({
      action: z.enum(['tag', 'banner', 'none']),
      measure: z.enum(['recipient', 'organisation']),
      learnDays: z.int(),
      language: z.enum(['en', 'de', 'fr']),
    }),
  }),
]) satisfies z.ZodType<PolicyRule>

export const AddressGroupShape = z.object({
  id: z.string(),
  name: z.string(),
  addresses: z.array(z.string()),
  domains: z.array(z.string()),
}) satisfies z.ZodType<AddressGroup>
