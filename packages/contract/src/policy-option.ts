// What a policy of each type does: the part of a policy that differs by its type.
import * as z from 'zod'

export const LISTED_DOMAINS_MAX = 50

const OnResult = z.enum(['none', 'cancel-permits', 'hold', 'reject'])
const OnDisplayName = z.enum(['none', 'tag', 'hold', 'reject'])
const OnAttachment = z.enum(['none', 'tag', 'hold', 'reject'])
const ListedDomains = z.array(z.string().trim().min(1).max(253)).max(LISTED_DOMAINS_MAX)

/** What a policy of each type does. */
export const PolicyOptions = {
  'permitted-senders': z.object({
    action: z.enum(['permit', 'none']),
    /** Counts only where SPF, DKIM or DMARC vouch for the sender. */
    onlyIfAuthenticated: z.boolean(),
  }),
  'blocked-senders': z.object({ action: z.enum(['block', 'none']) }),
  greylisting: z.object({ action: z.enum(['apply', 'observe', 'none']) }),
  'anti-spoofing': z.object({
    action: z.enum(['refuse', 'report', 'none']),
    acceptAligned: z.boolean(),
    spfDomains: ListedDomains,
    dkimDomains: ListedDomains,
  }),
  'display-name': z.object({ action: OnDisplayName, whenAuthenticated: OnDisplayName }),
  authentication: z.object({
    spfFail: OnResult,
    dkimFail: OnResult,
    dmarcFail: z.enum(['none', 'cancel-permits', 'hold', 'reject', 'honour']),
    noneFound: OnResult,
  }),
  'auto-allow': z.object({ action: z.enum(['create', 'none']) }),
  'dkim-signing': z.object({ action: z.enum(['sign', 'none']) }),
  'delivery-route': z.object({ routeId: z.string().min(1).max(60) }),
  'secure-delivery': z.object({
    level: z.enum(['opportunistic', 'enforced-relaxed', 'enforced-strict', 'verified', 'dane', 'mta-sts']),
    /** Of `verified`: names the certificate may be for; a leading dot stands for any name below. */
    names: z.array(z.string().trim().min(3).max(254)).max(20).default([]),
  }),
  'secure-receipt': z.object({
    action: z.enum(['enforce', 'none']),
    version: z.enum(['1.2', '1.3']).default('1.2'),
  }),
  'virus-scanning': z.object({
    action: z.enum(['scan', 'none']),
    infected: z.enum(['reject', 'hold']).default('reject'),
    /** Encrypted, too large or too deep for the scanner: never clean. */
    notChecked: z.enum(['hold', 'reject', 'deliver']).default('hold'),
    /** The scanner does not answer. */
    unavailable: z.enum(['defer', 'hold', 'deliver']).default('defer'),
  }),
  'attachment-handling': z.object({
    /** Types that run when they are opened. */
    dangerous: OnAttachment.default('hold'),
    /** Pages and pictures with scripts. */
    script: OnAttachment.default('hold'),
    macro: OnAttachment.default('hold'),
    encrypted: OnAttachment.default('hold'),
    /** Names that deceive: two extensions, turned letters, a type that the content is not. */
    disguised: OnAttachment.default('hold'),
    /** Too deep, too large or broken: nobody could look. */
    unreadable: OnAttachment.default('hold'),
  }),
  'spam-scanning': z.object({
    action: z.enum(['hold', 'tag', 'reject', 'none']),
    /** Acts from 7, 5 or 3 points on. */
    level: z.enum(['relaxed', 'moderate', 'aggressive']).default('moderate'),
  }),
  'first-contact': z.object({
    /** `tag` writes a field of ours; `banner` changes the text, which breaks the author's signature. */
    action: z.enum(['tag', 'banner', 'none']),
    /** Known is who wrote to the recipient, or to anybody of the organisation. */
    measure: z.enum(['recipient', 'organisation']).default('recipient'),
    /** Days of looking on before anything is marked. */
    learnDays: z.int().min(0).max(90).default(14),
    /** Of the banner. */
    language: z.enum(['en', 'de', 'fr']).default('en'),
  }),
} as const
