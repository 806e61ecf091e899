// Signs that an author from outside passes for somebody of the tenant: our addresses or people in the name
// shown, domains that look like ours, answers that go elsewhere (F4).
import { domainToUnicode } from 'node:url'
import { registrableDomainOf } from '#platform/public-suffix.ts'
import { internalAddressesIn } from '#policy/claims.ts'
import { type Fact, type Facts, type ImpersonationSignal, known } from '#policy/facts.ts'
import { ownDomainOf } from '#policy/own-domains.ts'
import type { TenantSettings } from '#policy/settings.ts'
import { isTellingName, isWithinSlips, nameSkeleton, skeletonOf } from '#policy/skeleton.ts'
import type { FactContext } from './gather.ts'

type Own = {
  /** Label of the organisation's own part → the domain it belongs to. */
  readonly labels: ReadonlyMap<string, string>
  readonly skeletons: ReadonlyMap<string, string>
  /** What foreign domains look like, as far as compared: most mail comes from domains seen before. */
  readonly compared: Map<string, string | null>
}

/** Own domains that are compared by slips; each costs some microseconds a message. */
const COMPARED_MAX = 200
/** Foreign domains remembered of a tenant; the oldest leave. */
const REMEMBERED_MAX = 2_000
/** Shorter labels are within a slip of too many others. */
const ONE_SLIP_LENGTH = 5
const TWO_SLIPS_LENGTH = 9

const NO_SIGNALS: readonly ImpersonationSignal[] = []
const ONE_WORD = /^[A-Za-z0-9]*$/
const NOTHING: Fact<readonly ImpersonationSignal[]> = known([])
const made = new WeakMap<TenantSettings, Own>()

/** Reads names of people from the replica; what cannot be read shows no sign. */
export function impersonationFact(context: FactContext): Fact<readonly ImpersonationSignal[]> {
  const { settings, header } = context
  if (settings === null || header === null) return NOTHING
  const signals: ImpersonationSignal[] = []
  for (const { displayName, address } of header.people) {
    const domain = address === null ? '' : address.slice(address.lastIndexOf('@') + 1)
    // Exact use of our own domain is anti-spoofing's matter.
    if (ownDomainOf(settings, domain) !== null) continue
    signals.push(...nameSignals(context, settings, displayName, address))
    const alike = lookAlikeOf(settings, domain)
    if (alike !== null) signals.push({ kind: 'look-alike-domain', saw: `${domain} looks like ${alike}` })
  }
  const answer = replyToSignal(settings, header)
  if (answer !== null) signals.push(answer)
  return signals.length === 0 ? NOTHING : known(signals)
}

/** The domain of the tenant that a foreign one looks like; null when it looks like none. */
export function lookAlikeOf(settings: TenantSettings, domain: string): string | null {
  if (domain === '' || domain.startsWith('[')) return null
  const own = ownOf(settings)
  const known = own.compared.get(domain)
  if (known !== undefined) return known
  const alike = compare(own, domain)
  if (own.compared.size >= REMEMBERED_MAX) own.compared.delete(own.compared.keys().next().value ?? '')
  own.compared.set(domain, alike)
  return alike
}

function compare({ labels, skeletons }: Own, domain: string): string | null {
  const label = labelOf(domain)
  const same = labels.get(label)
  if (same !== undefined) return same
  const skeleton = bare(skeletonOf(label))
  const alike = skeletons.get(skeleton)
  if (alike !== undefined) return alike
  let compared = 0
  for (const [own, name] of labels) {
    compared += 1
    if (compared > COMPARED_MAX) return null
    const slips = own.length >= TWO_SLIPS_LENGTH ? 2 : own.length >= ONE_SLIP_LENGTH ? 1 : 0
    if (slips > 0 && isWithinSlips(skeleton, bare(skeletonOf(own)), slips)) return name
  }
  return null
}

function nameSignals(
  { holder }: FactContext,
  settings: TenantSettings,
  displayName: string,
  address: string | null,
): readonly ImpersonationSignal[] {
  const shown = internalAddressesIn(settings, displayName)
  if (shown.length > 0) {
    const saw = `“${displayName}” shows ${shown[0]}, but the author is ${address ?? 'not readable'}`
    return [{ kind: 'internal-address', saw }]
  }
  // One word is nobody's name in particular: most senders that are no people show one.
  if (ONE_WORD.test(displayName)) return NO_SIGNALS
  const skeleton = nameSkeleton(displayName)
  if (!isTellingName(skeleton)) return []
  const person = holder.entryOf(settings.tenantId, 'person', skeleton)
  if (person.kind === 'unknown' || person.value === null) return []
  const owner = String((person.value as { readonly address?: unknown }).address ?? '')
  // Names of people who are gone stay in the list.
  const listed = holder.recipientOf(settings.tenantId, owner)
  if (listed.kind === 'unknown' || !listed.value.listed) return []
  return [
    { kind: 'internal-name', saw: `“${displayName}” is the name of ${owner}, who wrote from elsewhere` },
  ]
}

/** Answers that go to another organisation than the author's. */
function replyToSignal(
  settings: TenantSettings,
  { people, replyTo }: Pick<Facts['author'], 'people' | 'replyTo'>,
): ImpersonationSignal | null {
  const author = people[0]?.address ?? null
  if (author === null || replyTo.length === 0) return null
  const organisation = (address: string): string =>
    registrableDomainOf(address.slice(address.lastIndexOf('@') + 1))
  const other = replyTo.find((address) => organisation(address) !== organisation(author))
  if (other === undefined || ownDomainOf(settings, organisation(other)) !== null) return null
  return { kind: 'reply-to-mismatch', saw: `answers go to ${other}` }
}

/** The organisation's own label, as a reader sees it: `acme` of `mail.acme.co.uk`. */
function labelOf(domain: string): string {
  const label = registrableDomainOf(domain).split('.')[0] ?? domain
  return label.startsWith('xn--') ? domainToUnicode(`${label}.com`).slice(0, -'.com'.length) : label
}

function bare(label: string): string {
  return label.replaceAll('-', '')
}

function ownOf(settings: TenantSettings): Own {
  const found = made.get(settings)
  if (found !== undefined) return found
  const labels = new Map(settings.domains.map(({ name }) => [labelOf(name), name] as const))
  const own: Own = {
    labels,
    compared: new Map(),
    skeletons: new Map([...labels].map(([label, name]) => [bare(skeletonOf(label)), name] as const)),
  }
  made.set(settings, own)
  return own
}
