// A release re-runs what may never be waived (decisions 8): a scanner may know by now what it did not know
// when the message came. What was held for its malware itself is let go by the people who decided so.
import type { Screener } from '#facts/screening/screening.ts'
import { unknown } from '#policy/facts.ts'
import type { Envelope } from '#spool/spool.ts'

/** The name of the malware, or null. Content that cannot be looked at any more was looked at when it came. */
export type Recheck = (envelope: Envelope, content: AsyncIterable<Uint8Array>) => Promise<string | null>

/** Kept in memory for the look; larger ones were looked at in their file when they came. */
const OCTETS_MAX = 32 * 1024 * 1024

export function recheckWith(screener: Pick<Screener, 'screen'>): Recheck {
  return async (envelope, content) => {
    if (envelope.size > OCTETS_MAX || isHeldForMalware(envelope)) return null
    const chunks: Uint8Array[] = []
    // A chunk may be used again once the next is asked for.
    for await (const chunk of content) chunks.push(Uint8Array.from(chunk))
    const screening = screener.screen({
      content: () => ({ kind: 'memory', chunks }),
      size: envelope.size,
      about: () =>
        Promise.resolve({
          tenantId: envelope.tenantId,
          clientIp: '',
          helo: '',
          reversePath: envelope.reversePath,
          authentication: unknown('not asked at a release'),
          clientNames: unknown('not asked at a release'),
          ownDomains: [],
          taught: null,
        }),
    })
    const found = await screening.virus()
    return found.kind === 'known' && found.value.kind === 'infected' ? found.value.name : null
  }
}

function isHeldForMalware({ recipients }: Envelope): boolean {
  return recipients.some(({ heldBecause }) => heldBecause?.endsWith(': virus') === true)
}
