// Senders of a message that are internal addresses: what anti-spoofing has to judge.
import { addressKey } from '@gatepost/mail/address.ts'
import type { ReversePath } from '@gatepost/mail/path.ts'
import type { Facts } from './facts.ts'
import { ownDomainOf } from './own-domains.ts'
import type { TenantSettings } from './settings.ts'
import type { Claim } from './spoofing-judge.ts'

/** An address anywhere in a text, as mail programs pick it out. Linear: no part may hold another's end. */
const ADDRESS = /[^\s<>@,;:"'()[\]]{1,64}@([^\s<>@,;:"'()[\]]{1,253})/gu

/** The envelope sender, where it is internal. The null reverse-path claims nobody. */
export function envelopeClaim(settings: TenantSettings, reversePath: ReversePath): Claim | null {
  if (reversePath === null || ownDomainOf(settings, reversePath.domain) === null) return null
  return { kind: 'envelope', address: addressKey(reversePath) }
}

/** Nearly all mail from outside. */
const NO_CLAIMS: readonly Claim[] = []

/** Authors that are internal, and internal addresses in authors that are no addresses to us. */
export function headerClaims(settings: TenantSettings, people: Facts['author']['people']): readonly Claim[] {
  let found: Map<string, Claim> | null = null
  for (const { address, written } of people) {
    if (address !== null && ownDomainOf(settings, address.slice(address.lastIndexOf('@') + 1)) === null)
      continue
    for (const claimed of address === null ? internalAddressesIn(settings, written) : [address]) {
      const domain = claimed.slice(claimed.lastIndexOf('@') + 1)
      if (ownDomainOf(settings, domain) === null) continue
      found ??= new Map()
      found.set(claimed, { kind: 'header', address: claimed })
    }
  }
  return found === null ? NO_CLAIMS : [...found.values()]
}

/** What NFKC makes an at sign: most names have none. */
const AT_SIGN = /[@＠﹫]/
const NO_ADDRESSES: readonly string[] = []

/**
 * Internal addresses that stand in a text, lower case, their domains as A-labels; the dots that look like
 * dots count as such, and what no reader sees does not.
 */
export function internalAddressesIn(settings: TenantSettings, text: string): readonly string[] {
  if (!AT_SIGN.test(text)) return NO_ADDRESSES
  const plain = text
    .normalize('NFKC')
    .replaceAll(/[。．｡]/gu, '.')
    .replaceAll(/\p{Cf}+/gu, '')
  const found = new Set<string>()
  for (const [address, written = ''] of plain.matchAll(ADDRESS)) {
    const domain = asciiOf(written.replace(/\.$/, '').toLowerCase())
    if (ownDomainOf(settings, domain) === null) continue
    found.add(`${address.slice(0, -written.length).toLowerCase()}${domain}`)
  }
  return [...found]
}

/** A domain as it is looked up (RFC 5891); what is none stays as it is. */
function asciiOf(domain: string): string {
  if (/^[\u0000-\u007f]*$/.test(domain)) return domain
  try {
    return new URL(`http://${domain}`).hostname
  } catch {
    return domain
  }
}
