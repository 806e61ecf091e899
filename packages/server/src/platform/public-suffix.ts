// The public suffix list behind one door: which names nobody can own, and where an organisation's own part
// begins.
import { getDomain, getPublicSuffix } from 'tldts'

/** Suffixes under which others register names (`github.io`) count like those of registries. */
const OPTIONS = { allowPrivateDomains: true } as const

/** Whether a name is a suffix that others register under, such as `co.uk`: no organisation owns it. */
export function isPublicSuffix(name: string): boolean {
  return getPublicSuffix(name, OPTIONS) === name
}

/** Names remembered: each message asks for those of a few senders again. More start over. */
const KEPT_MAX = 2_000
const kept = new Map<string, string>()

/**
 * The registrable domain of a name, such as `acme.co.uk` for `mail.acme.co.uk`; the name itself where there
 * is none.
 */
export function registrableDomainOf(name: string): string {
  const known = kept.get(name)
  if (known !== undefined) return known
  const domain = getDomain(name, OPTIONS) ?? name
  if (kept.size >= KEPT_MAX) kept.clear()
  kept.set(name, domain)
  return domain
}
