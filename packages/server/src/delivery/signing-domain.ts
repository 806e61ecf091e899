// Whose key a message may carry: that of its author's domain, and only where the tenant owns it (O6, abuse
// case 33). Pure.
import { unknown } from '#policy/facts.ts'
import { rulesOf } from '#policy/rules/index.ts'
import { selectRule } from '#policy/rules/select.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { Envelope } from '#spool/spool.ts'

type World = {
  readonly settings: TenantSettings
  /** Which tenant of this gateway validated a domain. */
  readonly tenantOfDomain: (domain: string) => string | null
}

const NOT_KNOWN = unknown('not asked at delivery')

/**
 * The d= for these authors (address keys); null where one of them is not the tenant's, or no key is in use. A
 * sub-domain is signed by the nearest validated domain above it, unless somebody else validated one between.
 */
export function signingDomainOf(authors: readonly string[] | null, world: World): string | null {
  if (authors === null || authors.length === 0) return null
  const owners = authors.map((author) => ownerOf(author.slice(author.lastIndexOf('@') + 1), world))
  const [first] = owners
  return owners.includes(null) ? null : (first ?? null)
}

function ownerOf(domain: string, { settings, tenantOfDomain }: World): string | null {
  for (let name = domain.toLowerCase(); name.includes('.'); name = name.slice(name.indexOf('.') + 1)) {
    const isOwn = settings.domains.some((own) => own.name === name)
    if (!isOwn && (tenantOfDomain(name) ?? settings.tenantId) !== settings.tenantId) return null
    if (isOwn && settings.signing?.keys.some((key) => key.domain === name)) return name
  }
  return null
}

type Question = {
  readonly envelope: Pick<Envelope, 'reversePath'>
  readonly forwardPath: string
  readonly authors: readonly string[] | null
  readonly settings: TenantSettings
  readonly now: number
}

/** Whether policies leave this mail to one recipient signed; without one it is. */
export function isSigningWanted({ envelope, forwardPath, authors, settings, now }: Question): boolean {
  const { rule } = selectRule(rulesOf(settings), 'dkim-signing', {
    clientIp: '',
    clientNames: NOT_KNOWN,
    envelopeFrom: envelope.reversePath?.toLowerCase() ?? null,
    headerFrom: authors,
    to: forwardPath.toLowerCase(),
    now,
  })
  return rule?.option.action !== 'none'
}

const byRecipient = new WeakMap<TenantSettings, boolean>()

/**
 * Whether a policy signs for some recipients and not for others: each then gets a transmission of its own.
 * The authors are not known before the content is read, so this asks for any.
 */
export function isSignedByRecipient(settings: TenantSettings): boolean {
  if (rulesOf(settings).ofType('dkim-signing') === null) return false
  const known = byRecipient.get(settings)
  if (known !== undefined) return known
  const found = (settings.rules ?? []).some(
    ({ type, from, to, bidirectional }) =>
      type === 'dkim-signing' && (to.kind !== 'everyone' || (bidirectional && from.kind !== 'everyone')),
  )
  byRecipient.set(settings, found)
  return found
}
