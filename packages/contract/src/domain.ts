// Domains (C1, C8, C9): add, prove, watch; recipient mode; MX.
import * as z from 'zod'
import { DnsRecord, DomainName, Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'
import { CheckSaid, Said } from './saying.ts'

const DomainPath = TenantPath.extend({ domain: z.string().describe('Id or name of the domain') })

/** Learning for longer is accepting everybody. */
export const LEARNING_DAYS_MAX = 60

/** Whom a domain takes mail for (R1). */
export const RecipientMode = z.enum(['accept-all', 'known', 'directory', 'call-forward', 'learning'])
export type RecipientMode = z.infer<typeof RecipientMode>

/** How the mail host is asked for recipients. */
export const CallForward = z.object({
  sender: z.enum(['original', 'null']),
  /** What becomes of recipients that the host says nothing of. */
  whenSilent: z.enum(['defer', 'accept']),
})

/** How far the record of who holds a claimed domain is gone; look-ups that failed count neither way (C1). */
export const ProofGone = z.object({
  /** `unknown` until the claimant's own record is there: who cannot write to the zone is told nothing. */
  state: z.enum(['unknown', 'there', 'gone']),
  /** The first look that found no record; null while it is there. */
  since: Time.nullable(),
  /** What looks without the record cover, in hours. */
  hours: z.int(),
  hoursNeeded: z.int(),
  met: z.boolean(),
})
export type ProofGone = z.infer<typeof ProofGone>

/** What a claim of a domain that another organisation holds waits for (C1). All of it is derived. */
export const DomainClaim = z.object({
  claimedAt: Time,
  /** The claimant's own record: it stands for a day, in which the holder is told. */
  proof: z.object({ since: Time.nullable(), metAt: Time.nullable(), met: z.boolean() }),
  gone: ProofGone,
  /** The operator's word is awaited once both are met. */
  consent: z.enum(['too-early', 'awaited']),
  expiresAt: Time,
})
export type DomainClaim = z.infer<typeof DomainClaim>

/**
 * `validated` is a right once given; `record` is today's observation (decisions 51). `lost`: it went to
 * another organisation that proved it anew (C1).
 */
export const Domain = z.object({
  id: z.string(),
  name: z.string(),
  unicodeName: z.string(),
  primary: z.boolean(),
  state: z.enum(['pending', 'validated', 'temporarily-failing', 'expired', 'lost']),
  validatedAt: Time.nullable(),
  /** Validated through a parent domain of the same organisation. */
  validatedBy: z.enum(['txt', 'cname', 'parent']).nullable(),
  expiresAt: Time.nullable(),
  /** When the domain went to another organisation. */
  lostAt: Time.nullable(),
  /** Set where the organisation claims a domain that another one holds. */
  claim: DomainClaim.nullable(),
  /** Set where somebody else proved this domain: publishing the record again keeps it. */
  contested: z.object({ since: Time, gone: ProofGone }).nullable(),
  /** The two ways to prove ownership; either is enough. */
  ownership: z.array(DnsRecord),
  checkedAt: Time.nullable(),
  nextCheckAt: Time.nullable(),
  recipientMode: RecipientMode,
  unknownRecipient: z.enum(['reject', 'defer']),
  callForward: CallForward,
  /** While the domain learns: until then everybody is taken, afterwards unknown ones wait. */
  learningUntil: Time.nullable(),
  routeId: z.string().nullable(),
  userCount: z.int(),
  createdAt: Time,
  revision: z.int(),
})
export type Domain = z.infer<typeof Domain>

export const listDomains = endpoint({
  name: 'listDomains',
  method: 'GET',
  path: '/v1/tenants/{tenant}/domains',
  tag: 'Domains',
  allow: 'domains:read',
  summary: 'All domains of the organisation with their proof records.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(Domain) }),
  status: 200,
  problems: ['not-found'],
})

export const addDomain = endpoint({
  name: 'addDomain',
  method: 'POST',
  path: '/v1/tenants/{tenant}/domains',
  tag: 'Domains',
  allow: 'domains:write',
  summary: 'Adds a domain; it is pending until one of its proof records is seen at its own name servers.',
  params: TenantPath,
  query: Nothing,
  body: z.object({
    name: DomainName,
    claim: z
      .boolean()
      .optional()
      .describe(
        'Claims a domain that another organisation holds: once its own record stands for a day, and that of ' +
          'the holder was gone for three, the operator may hand it over.',
      ),
  }),
  output: Domain,
  status: 201,
  problems: ['invalid-input', 'domain-exists', 'domain-taken'],
})

export const getDomain = endpoint({
  name: 'getDomain',
  method: 'GET',
  path: '/v1/tenants/{tenant}/domains/{domain}',
  tag: 'Domains',
  allow: 'domains:read',
  summary: 'One domain.',
  params: DomainPath,
  query: Nothing,
  body: Nothing,
  output: Domain,
  status: 200,
  problems: ['not-found'],
})

export const checkDomain = endpoint({
  name: 'checkDomain',
  method: 'POST',
  path: '/v1/tenants/{tenant}/domains/{domain}/check',
  tag: 'Domains',
  allow: 'domains:write',
  summary: 'Looks for the proof record now.',
  params: DomainPath,
  query: Nothing,
  body: Nothing,
  output: Domain,
  status: 200,
  problems: ['not-found', 'check-too-soon', 'domain-taken'],
})

export const DomainUpdateBody = z.object({
  recipientMode: RecipientMode.optional(),
  unknownRecipient: z.enum(['reject', 'defer']).optional(),
  callForward: CallForward.partial().optional(),
  /** Learns for so many days from now. */
  learningDays: z.int().min(1).max(LEARNING_DAYS_MAX).optional(),
  routeId: z.string().nullable().optional(),
})
export type DomainUpdateBody = z.output<typeof DomainUpdateBody>

export const updateDomain = endpoint({
  name: 'updateDomain',
  method: 'PATCH',
  path: '/v1/tenants/{tenant}/domains/{domain}',
  tag: 'Domains',
  allow: 'policies:write',
  summary: 'Sets recipient validation and the delivery route of a domain.',
  params: DomainPath,
  query: Nothing,
  body: DomainUpdateBody,
  output: Domain,
  status: 200,
  problems: ['not-found', 'invalid-input', 'domain-not-validated', 'changed-meanwhile'],
})

export const removeDomain = endpoint({
  name: 'removeDomain',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/domains/{domain}',
  tag: 'Domains',
  allow: 'domains:write',
  summary: 'Removes a domain that no user needs any more.',
  params: DomainPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found', 'domain-in-use'],
})

/** C9: MX at the authoritative servers and as public resolvers see it. */
export const MxView = z.object({
  domain: z.string(),
  expected: z.array(DnsRecord),
  /** MX hosts that are not ours, named. */
  leftovers: z.array(z.object({ exchange: z.string(), preference: z.int() })),
  complete: z.boolean(),
  weSee: z.string(),
  weExpect: z.string(),
  said: z.object({ weSee: Said.optional(), weExpect: Said.optional() }).optional(),
  /** What must be so before the change; listed as passed checks. */
  gates: z.array(
    z.object({
      title: z.string(),
      passed: z.boolean(),
      saw: z.string(),
      step: z.string().nullable(),
      said: CheckSaid.optional(),
    }),
  ),
  /**
   * The careful way: ours behind the present ones first, which takes mail when those are away, then in
   * front of them, then alone. Null once it is complete, or where there is nothing to stand behind.
   */
  staged: z
    .object({
      stage: z.enum(['present', 'behind', 'before']),
      behind: z.string(),
      before: z.string(),
      alone: z.string(),
    })
    .nullable(),
  /** The MX records before ours, so that the way back can be shown. */
  before: z.array(z.object({ exchange: z.string(), preference: z.int() })),
  firstInboundSeenAt: Time.nullable(),
  checkedAt: Time.nullable(),
  nextCheckAt: Time.nullable(),
})
export type MxView = z.infer<typeof MxView>

export const getMx = endpoint({
  name: 'getMx',
  method: 'GET',
  path: '/v1/tenants/{tenant}/domains/{domain}/mx',
  tag: 'Domains',
  allow: 'domains:read',
  summary: 'The MX records we expect and what each server says.',
  params: DomainPath,
  query: Nothing,
  body: Nothing,
  output: MxView,
  status: 200,
  problems: ['not-found', 'domain-not-validated'],
})

export const checkMx = endpoint({
  name: 'checkMx',
  method: 'POST',
  path: '/v1/tenants/{tenant}/domains/{domain}/mx/check',
  tag: 'Domains',
  allow: 'domains:write',
  summary: 'Asks all servers for the MX records now.',
  params: DomainPath,
  query: Nothing,
  body: Nothing,
  output: MxView,
  status: 200,
  problems: ['not-found', 'domain-not-validated', 'check-too-soon'],
})

/** Everything the domain has to publish for this gateway. */
export const DomainZone = z.object({
  domain: z.string(),
  /** Who answers for the zone: tells which provider's instructions fit. Empty when nobody could tell. */
  nameServers: z.array(z.string()),
  records: z.array(
    DnsRecord.pick({
      purpose: true,
      type: true,
      name: true,
      relativeName: true,
      value: true,
      priority: true,
    }),
  ),
  /** The records as a zone file (RFC 1035 §5). */
  zone: z.string(),
})
export type DomainZone = z.infer<typeof DomainZone>

export const getDomainZone = endpoint({
  name: 'getDomainZone',
  method: 'GET',
  path: '/v1/tenants/{tenant}/domains/{domain}/zone',
  tag: 'Domains',
  allow: 'domains:read',
  summary: 'All records a domain has to publish for this gateway, also as a zone file, and its name servers.',
  params: DomainPath,
  query: Nothing,
  body: Nothing,
  output: DomainZone,
  status: 200,
  problems: ['not-found'],
})

/** What a look at a proof record showed last. */
const ProofSeen = z.object({ checkedAt: Time.nullable(), weSee: z.string(), said: Said.optional() })

/** A claim whose record is there, with the evidence for the operator's word (C1). */
export const ClaimCase = z.object({
  /** Of the claimant's pending domain. */
  id: z.string(),
  name: z.string(),
  holder: z.object({ slug: z.string(), name: z.string(), seen: ProofSeen }),
  claimant: z.object({ slug: z.string(), name: z.string(), seen: ProofSeen }),
  claim: DomainClaim,
  /** Names that the holder loses: the domain, and sub-domains that rest on its proof. */
  names: z.array(z.string()),
  /** Accounts that sign in by an address of these names, and end with them. */
  accounts: z.int(),
  /** Operators among them: nothing is handed over before they sign in by another address. */
  operators: z.int(),
})
export type ClaimCase = z.infer<typeof ClaimCase>

export const listDomainClaims = endpoint({
  name: 'listDomainClaims',
  method: 'GET',
  path: '/v1/system/domain-claims',
  tag: 'Domains',
  allow: 'system:read',
  summary: 'Domains that one organisation holds and another one has proven, with what a hand-over waits for.',
  params: Nothing,
  query: Nothing,
  body: Nothing,
  output: z.object({ items: z.array(ClaimCase) }),
  status: 200,
  problems: [],
})

export const handDomainOver = endpoint({
  name: 'handDomainOver',
  method: 'POST',
  path: '/v1/system/domain-claims/{claim}/hand-over',
  tag: 'Domains',
  allow: 'system:write',
  summary: 'Hands a domain over to the organisation that claims it; both records are looked for once more.',
  params: z.object({ claim: z.string().describe('Id of the claim as the list shows it') }),
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found', 'claim-not-ready'],
})
