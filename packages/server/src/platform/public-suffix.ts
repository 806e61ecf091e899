// The public suffix list behind one door: which names nobody can own, and where an organisation's own part
// begins.
import { getDomain, getPublicSuffix } from 'tldts'

/** Suffixes under which others register names (`github.io`) count like those of registries. */
const OPTIONS = { allowPrivateDomains: true } as const

/** Whether a name is a suffix that others register under, such as `co.uk`: no organisation owns it. */
export function isPublicSuffix(name: string): boolean {
  return getPublicSuffix(name, OPTIONS) === name
}

/**
 * The registrable domain of a name, such as `acme.co.uk` for `mail.acme.co.uk`; the name itself where there
 * is none.
 */
export function registrableDomainOf(name: string): string {
  return getDomain(name, OPTIONS) ?? name
}
