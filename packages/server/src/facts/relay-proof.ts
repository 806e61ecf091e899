// What the content of a message proves about whose outbound mail it is: the provider's tenant header, the
// tenant's secret, a signature of its domain; and whether its host passed it on (decisions 2 and 3).
import { createHash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { parseAddressList } from '@gatepost/mail/address-list.ts'
import { fieldsNamed, type HeaderField } from '@gatepost/mail/header.ts'
import type { ReversePath } from '@gatepost/mail/path.ts'
import type { RelayProof } from '#policy/facts.ts'
import type { CloudProvider } from '#policy/settings.ts'
import type { AuthenticationFactOf } from './authentication.ts'
import type { Directory } from './sources.ts'

/** The header of a rule at the provider that holds the tenant's secret; cut out at delivery. */
export const SECRET_FIELD = 'x-gatepost-tenant'
/** Written by Exchange Online over whatever a customer wrote there himself. */
const TENANT_ID_FIELD = 'x-ms-exchange-crosstenant-id'
const ORIGINATOR_FIELD = 'x-originatororg'

export type CloudQuestion = {
  readonly provider: CloudProvider
  readonly fields: readonly HeaderField[]
  readonly directory: Directory
  /** The tenant whose domain the reverse-path names. */
  readonly reversePathTenant: string | null
  /** Asked last: signatures cost look-ups. */
  authentication(): AuthenticationFactOf | Promise<AuthenticationFactOf>
}

export type CloudProof =
  | { readonly kind: 'proven'; readonly tenantId: string; readonly by: string }
  | { readonly kind: 'unproven'; readonly why: string }

/**
 * Finds the proof of a message from a shared cloud. Two headers of one kind prove nothing, whatever they say.
 */
export async function cloudProofOf(question: CloudQuestion): Promise<CloudProof> {
  const { fields, provider } = question
  for (const name of [TENANT_ID_FIELD, SECRET_FIELD, ORIGINATOR_FIELD]) {
    if ((provider === 'microsoft-365' || name === SECRET_FIELD) && fieldsNamed(fields, name).length > 1) {
      return { kind: 'unproven', why: `more than one ${name} header` }
    }
  }
  const found = bySecret(question) ?? byTenantHeader(question) ?? (await bySignature(question))
  return found === null
    ? { kind: 'unproven', why: 'nothing in the message proves an account' }
    : fits(question, found)
}

/** Mail with a reverse-path of one tenant cannot be proven by another. */
function fits(question: CloudQuestion, found: Found): CloudProof {
  const { directory, provider, reversePathTenant } = question
  if (!directory.usesCloud(found.tenantId, provider)) {
    return { kind: 'unproven', why: 'the account does not send through this provider' }
  }
  if (reversePathTenant !== null && reversePathTenant !== found.tenantId) {
    return { kind: 'unproven', why: 'the message proves another account' }
  }
  return { kind: 'proven', ...found }
}

type Found = { readonly tenantId: string; readonly by: string }

function bySecret({ fields, directory }: CloudQuestion): Found | null {
  const [field] = fieldsNamed(fields, SECRET_FIELD)
  if (field === undefined) return null
  const digest = createHash('sha256').update(field.value.trim()).digest('hex')
  const tenantId = directory.tenantOfCloudSecret(digest)
  return tenantId === null ? null : { tenantId, by: 'secret header' }
}

/**
 * The id names the tenant; where it is missing (reports of the provider's own), the organisation's domain. An
 * id that is nobody's here is not outvoted by a domain.
 */
function byTenantHeader({ fields, directory, provider }: CloudQuestion): Found | null {
  if (provider !== 'microsoft-365') return null
  const [idField] = fieldsNamed(fields, TENANT_ID_FIELD)
  if (idField !== undefined) {
    const tenantId = directory.tenantOfCloudId(provider, idField.value.trim().toLowerCase())
    return tenantId === null ? null : { tenantId, by: 'tenant header' }
  }
  const [originator] = fieldsNamed(fields, ORIGINATOR_FIELD)
  const tenantId = originator === undefined ? null : tenantOfName(directory, originator.value)
  return tenantId === null ? null : { tenantId, by: 'organisation header' }
}

async function bySignature({
  directory,
  provider,
  reversePathTenant,
  authentication,
}: CloudQuestion): Promise<Found | null> {
  const found = await authentication()
  if (found.kind !== 'known') return null
  for (const { result, domain } of found.value.dkim) {
    const tenantId = result === 'pass' ? directory.tenantOfDomain(domain) : null
    if (tenantId === null || !directory.usesCloud(tenantId, provider)) continue
    if (reversePathTenant === null || reversePathTenant === tenantId) {
      return { tenantId, by: `DKIM signature of ${domain}` }
    }
  }
  return null
}

function tenantOfName(directory: Directory, text: string): string | null {
  const name = domainToASCII(text.trim().toLowerCase())
  return name === '' ? null : directory.tenantOfDomain(name)
}

/** Fields by which a host says who passed a message on. */
const RESENT_FIELDS = ['resent-from', 'resent-sender', 'sender', 'delivered-to']
/** The same of Exchange (rules of a mailbox) and Gmail: addresses without names, in a row. */
const RULE_FIELDS = ['x-ms-exchange-inbox-rules-loop', 'x-forwarded-for']
/** Reverse-paths rewritten for forwarding: SRS, Exchange Online's, Gmail's. */
const REWRITTEN = /^(?:srs[01][=+-]|bounces\+srs=|[^@]*\+caf_=)/i

/** What shows that a host of the tenant passed a message on, in plain words; null when nothing does. */
export function resentBy(
  fields: readonly HeaderField[],
  reversePath: ReversePath,
  isTenantDomain: (domain: string) => boolean,
): string | null {
  if (reversePath !== null && isTenantDomain(reversePath.domain) && REWRITTEN.test(reversePath.localPart)) {
    return 'reverse-path rewritten for forwarding'
  }
  for (const name of RESENT_FIELDS) {
    for (const { value } of fieldsNamed(fields, name)) {
      const { entries } = parseAddressList(value, { ...OPTIONS, max: RESENT_MAX })
      if (entries.some(({ mailbox }) => mailbox && isTenantDomain(mailbox.domain.toLowerCase()))) {
        return `${name} is of the organisation`
      }
    }
  }
  for (const name of RULE_FIELDS) {
    for (const { value } of fieldsNamed(fields, name)) {
      const words = value.trim().split(/[\s,;]+/, RESENT_MAX)
      if (words.some((word) => isTenantDomain(word.slice(word.lastIndexOf('@') + 1).toLowerCase()))) {
        return `${name} is of the organisation`
      }
    }
  }
  return null
}

/** Addresses looked at in one field. */
const RESENT_MAX = 20
const OPTIONS = { allowUtf8: true, allowLiteral: true, allowUnderscore: true, toAscii: domainToASCII }

/** The fact for a decision. */
export function relayProofFact(found: {
  readonly reversePath: ReversePath
  readonly isTenantDomain: (domain: string) => boolean
  readonly fields: readonly HeaderField[]
  readonly cloud: { readonly provider: CloudProvider; readonly proof: CloudProof } | null
}): RelayProof {
  const { reversePath, isTenantDomain, fields, cloud } = found
  const isReversePathForeign = reversePath !== null && !isTenantDomain(reversePath.domain)
  const base = { isReversePathForeign, resent: resentBy(fields, reversePath, isTenantDomain) }
  if (cloud === null) return { ...base, kind: 'not-needed' }
  const { proof, provider } = cloud
  return proof.kind === 'proven'
    ? { ...base, kind: 'proven', by: proof.by }
    : { ...base, kind: 'unproven', cloud: provider, why: proof.why }
}
