// Signing (O6): DKIM keys of each domain with their records and stages, and ARC seals on mail that passes
// through.
import * as z from 'zod'
import { Check, DnsRecord, DomainName, Nothing, TenantPath, Time } from './common.ts'
import { endpoint } from './endpoint.ts'

/** A PKCS#8 or PKCS#1 PEM of 8,192 bits has some 6,500 characters. */
export const PRIVATE_KEY_CHARACTERS_MAX = 16_384
/** Keys of one domain, those that are gone too. */
export const KEYS_PER_DOMAIN_MAX = 20
export const ARC_SEALERS_MAX = 100

const DomainPath = TenantPath.extend({ domain: z.string().describe('Id or name of the domain') })
const KeyPath = TenantPath.extend({ key: z.string() })

export const KeyAlgorithm = z.enum(['rsa-sha256', 'ed25519-sha256'])
export type KeyAlgorithm = z.infer<typeof KeyAlgorithm>

/**
 * `pending`: its record is waited for. `seen`: there, and used soon. `active`: signs. `retiring`: signs no
 * more, and its record must stay for mail under way. `gone`: the record may be deleted.
 */
export const KeyState = z.enum(['pending', 'seen', 'active', 'retiring', 'gone'])
export type KeyState = z.infer<typeof KeyState>

export const SigningKey = z.object({
  id: z.string(),
  domain: z.string(),
  selector: z.string(),
  algorithm: KeyAlgorithm,
  /** Of RSA; 256 for Ed25519. */
  bits: z.int(),
  origin: z.enum(['generated', 'imported']),
  state: KeyState,
  /** What to publish, and what each name server says. */
  record: DnsRecord,
  /** The value in parts of at most 255 characters, for providers that ask for them. */
  recordParts: z.array(z.string()),
  createdAt: Time,
  createdBy: z.string(),
  seenAt: Time.nullable(),
  activatedAt: Time.nullable(),
  retiredAt: Time.nullable(),
  /** Until then the record of a retiring key must stay. */
  retireUntil: Time.nullable(),
  checkedAt: Time.nullable(),
  nextCheckAt: Time.nullable(),
  revision: z.int(),
})
export type SigningKey = z.infer<typeof SigningKey>

export const SigningDomain = z.object({
  id: z.string(),
  domain: z.string(),
  validated: z.boolean(),
  /**
   * `signed`: mail leaves signed. `waiting`: a record is waited for. `attention`: an active key's record is
   * not as it should be. `off`: switched off. `unsigned`: no key.
   */
  state: z.enum(['signed', 'waiting', 'attention', 'off', 'unsigned']),
  enabled: z.boolean(),
  /** A new key is made after so many days; null: when somebody asks for it. */
  rotateDays: z.int().nullable(),
  overlapDays: z.int(),
  /** When the next key is made by itself. */
  rotatesAt: Time.nullable(),
  keys: z.array(SigningKey),
  revision: z.int(),
})
export type SigningDomain = z.infer<typeof SigningDomain>

/**
 * Which mail of authors from elsewhere gets an ARC seal: none, what is forwarded outside, or all that passes
 * through, which the mail host may believe in place of its own checks.
 */
export const ArcSeals = z.enum(['none', 'forwarded', 'all'])
export type ArcSeals = z.infer<typeof ArcSeals>

export const Signing = z.object({
  domains: z.array(SigningDomain),
  seals: ArcSeals,
  /** Domains whose ARC seals are believed where forwarding broke SPF and DKIM. */
  sealers: z.array(z.string()),
  revision: z.int(),
})
export type Signing = z.infer<typeof Signing>

export const getSigning = endpoint({
  name: 'getSigning',
  method: 'GET',
  path: '/v1/tenants/{tenant}/signing',
  tag: 'Mail flow',
  allow: 'signing:read',
  summary: 'DKIM keys of every domain with their records, and how mail that passes through is sealed.',
  params: TenantPath,
  query: Nothing,
  body: Nothing,
  output: Signing,
  status: 200,
  problems: ['not-found'],
})

export const addSigningKeys = endpoint({
  name: 'addSigningKeys',
  method: 'POST',
  path: '/v1/tenants/{tenant}/signing/{domain}/keys',
  tag: 'Mail flow',
  allow: 'signing:write',
  summary:
    'Makes new keys for a domain. They sign once their records are seen, and older ones retire then: this is rotation too.',
  params: DomainPath,
  query: Nothing,
  body: z.object({
    algorithms: z.array(KeyAlgorithm).min(1).max(2).default(['rsa-sha256', 'ed25519-sha256']),
    /** The first label of the record; chosen by us when left out. */
    selector: z.string().trim().toLowerCase().max(63).optional(),
  }),
  output: SigningDomain,
  status: 201,
  problems: ['not-found', 'invalid-input', 'domain-not-validated', 'limit-reached'],
})

export const importSigningKey = endpoint({
  name: 'importSigningKey',
  method: 'POST',
  path: '/v1/tenants/{tenant}/signing/{domain}/import',
  tag: 'Mail flow',
  allow: 'signing:write',
  summary:
    'Takes over a private key that signs elsewhere already, with its selector. It is never shown again.',
  params: DomainPath,
  query: Nothing,
  body: z.object({
    selector: z.string().trim().toLowerCase().min(1).max(63),
    /** PEM: PKCS#8 or PKCS#1. */
    privateKey: z.string().trim().min(50).max(PRIVATE_KEY_CHARACTERS_MAX),
  }),
  output: SigningDomain,
  status: 201,
  problems: ['not-found', 'invalid-input', 'domain-not-validated', 'limit-reached'],
})

export const updateSigningDomain = endpoint({
  name: 'updateSigningDomain',
  method: 'PATCH',
  path: '/v1/tenants/{tenant}/signing/{domain}',
  tag: 'Mail flow',
  allow: 'signing:write',
  summary: 'Switches signing of a domain, and says how its keys rotate.',
  params: DomainPath,
  query: Nothing,
  body: z.object({
    enabled: z.boolean().optional(),
    rotateDays: z.int().min(30).max(730).nullable().optional(),
    overlapDays: z.int().min(1).max(90).optional(),
  }),
  output: SigningDomain,
  status: 200,
  problems: ['not-found', 'invalid-input', 'changed-meanwhile'],
})

export const testSigning = endpoint({
  name: 'testSigning',
  method: 'POST',
  path: '/v1/tenants/{tenant}/signing/{domain}/test',
  tag: 'Mail flow',
  allow: 'signing:write',
  summary: 'Signs a message with every active key and verifies it by the records that DNS has now.',
  params: DomainPath,
  query: Nothing,
  body: Nothing,
  output: z.object({ checks: z.array(Check), passed: z.boolean() }),
  status: 200,
  problems: ['not-found'],
})

export const checkSigningKey = endpoint({
  name: 'checkSigningKey',
  method: 'POST',
  path: '/v1/tenants/{tenant}/signing/keys/{key}/check',
  tag: 'Mail flow',
  allow: 'signing:write',
  summary: 'Looks for the record of a key now.',
  params: KeyPath,
  query: Nothing,
  body: Nothing,
  output: SigningKey,
  status: 200,
  problems: ['not-found', 'check-too-soon'],
})

export const activateSigningKey = endpoint({
  name: 'activateSigningKey',
  method: 'POST',
  path: '/v1/tenants/{tenant}/signing/keys/{key}/activate',
  tag: 'Mail flow',
  allow: 'signing:write',
  summary: 'Signs with a key whose record was seen, now; also takes a retiring key back.',
  params: KeyPath,
  query: Nothing,
  body: Nothing,
  output: SigningDomain,
  status: 200,
  problems: ['not-found', 'key-not-seen'],
})

export const retireSigningKey = endpoint({
  name: 'retireSigningKey',
  method: 'POST',
  path: '/v1/tenants/{tenant}/signing/keys/{key}/retire',
  tag: 'Mail flow',
  allow: 'signing:write',
  summary: 'Signs with this key no more; its record stays for mail under way.',
  params: KeyPath,
  query: Nothing,
  body: Nothing,
  output: SigningDomain,
  status: 200,
  problems: ['not-found'],
})

export const removeSigningKey = endpoint({
  name: 'removeSigningKey',
  method: 'DELETE',
  path: '/v1/tenants/{tenant}/signing/keys/{key}',
  tag: 'Mail flow',
  allow: 'signing:write',
  summary: 'Removes a key that does not sign, and destroys its private half.',
  params: KeyPath,
  query: Nothing,
  body: Nothing,
  output: Nothing,
  status: 204,
  problems: ['not-found', 'signing-key-in-use'],
})

export const setArc = endpoint({
  name: 'setArc',
  method: 'PUT',
  path: '/v1/tenants/{tenant}/signing-arc',
  tag: 'Mail flow',
  allow: 'signing:write',
  summary: 'Says whether mail that passes through is sealed, and whose seals are believed.',
  params: TenantPath,
  query: Nothing,
  body: z.object({ seals: ArcSeals, sealers: z.array(DomainName).max(ARC_SEALERS_MAX) }),
  output: Signing,
  status: 200,
  problems: ['invalid-input', 'changed-meanwhile'],
})

/** One term of an SPF record, as a person reads it. */
export const SpfTerm = z.object({
  term: z.string(),
  /** Look-ups this term costs, with those of what it takes in. */
  lookUps: z.int(),
  note: z.string().nullable(),
})

/** What SPF says for one address that we send from. */
export const SpfSender = z.object({
  address: z.string(),
  result: z.enum(['none', 'neutral', 'pass', 'fail', 'softfail', 'temperror', 'permerror']),
  because: z.string(),
})

export const SpfReport = z.object({
  domain: z.string(),
  /** `right`: every address of ours passes. `unknown`: nobody could tell. */
  state: z.enum(['right', 'wrong', 'missing', 'unknown']),
  /** All SPF records at the name; more than one count for nothing. */
  records: z.array(z.string()),
  terms: z.array(SpfTerm),
  lookUps: z.int(),
  lookUpsMax: z.int(),
  senders: z.array(SpfSender),
  /** What is wrong or risky, with what to do. */
  findings: z.array(z.object({ kind: z.enum(['error', 'warning', 'note']), text: z.string() })),
  /** The include of our addresses. */
  include: z.string(),
  /** The whole record to enter in place of the present one; null where nothing is to be changed. */
  edit: z.object({ before: z.string().nullable(), after: z.string() }).nullable(),
  checkedAt: Time,
})
export type SpfReport = z.infer<typeof SpfReport>

export const evaluateSpf = endpoint({
  name: 'evaluateSpf',
  method: 'GET',
  path: '/v1/tenants/{tenant}/domains/{domain}/spf',
  tag: 'Mail flow',
  allow: 'domains:read',
  summary:
    'Evaluates the SPF record of a domain for every address we send from, and writes the edit it needs.',
  params: DomainPath,
  query: Nothing,
  body: Nothing,
  output: SpfReport,
  status: 200,
  problems: ['not-found'],
})
