// Auto allow: whose answers accepted outbound mail permits, and which answers are screened all the same (S4).
// Pure.
import { unknown } from './facts.ts'
import { rulesOf } from './rules/index.ts'
import { isInternal } from './rules/scope.ts'
import { selectRule } from './rules/select.ts'
import type { AutoAllowSettings, TenantSettings } from './settings.ts'

/** As every organisation begins; 120 days without mail to an address end its entry. */
export const AUTO_ALLOW_DEFAULTS: AutoAllowSettings = { enabled: true, days: 120, samplePercent: 5 }

export type SentMail = {
  readonly clientIp: string
  /** Address keys. */
  readonly envelopeFrom: string
  readonly headerFrom: readonly string[]
  /** Recipients that were accepted and are not held. */
  readonly to: readonly string[]
  readonly now: number
}

const NOT_ASKED = unknown('not asked for auto allow')

/** Those of the recipients whose answers are permitted: outside, and not left out by a policy. */
export function permittedAnswerers(settings: TenantSettings, mail: SentMail): readonly string[] {
  if (!autoAllowOf(settings).enabled) return []
  const index = rulesOf(settings)
  return mail.to.filter((to) => {
    if (isInternal(index.world, to)) return false
    const { rule } = selectRule(index, 'auto-allow', { ...mail, clientNames: NOT_ASKED, to })
    return rule?.option.action !== 'none'
  })
}

export function autoAllowOf({ autoAllow }: Pick<TenantSettings, 'autoAllow'>): AutoAllowSettings {
  return autoAllow ?? AUTO_ALLOW_DEFAULTS
}

/**
 * Whether this answer is one of those that are screened all the same. The same answer is, or is not, always.
 */
export function isSampled(settings: TenantSettings, text: string): boolean {
  const { samplePercent } = autoAllowOf(settings)
  return samplePercent > 0 && hashOf(text) % 100 < samplePercent
}

/** FNV-1a: spread evenly is all that is asked of it. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
