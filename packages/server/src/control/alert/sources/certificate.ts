// Alerts about certificates: one that cannot be fetched, with the authority's own words; a file that nobody
// renews; and a TLSA record that names another key, which keeps mail away.
import type { Certificate } from '@gatepost/contract/certificate.ts'
import { say } from '@gatepost/contract/sayings.ts'
import { certificatesOf } from '../../certificate/list.ts'
import type { NewAlert } from '../alert.ts'
import type { Source } from './source.ts'

const DAY_MS = 86_400_000
/** The first failure may be a moment's; the second, some ten minutes later, is told. */
const FAILURES_MIN = 2
/** Of certificates that live for days only, the last sixth. */
const CRITICAL_MS = 7 * DAY_MS
const LINK = '/system/certificates'

export const certificateSource: Source = {
  name: 'certificates',
  kinds: ['certificate-trouble'],
  everyMs: 30_000,
  async look(deps, now) {
    const items = await certificatesOf(deps)
    const wrong = items.flatMap((item) => [
      ...renewalTrouble(item, { now, directory: deps.config.tls.acme?.directory ?? '' }),
      ...recordTrouble(item),
    ])
    const unsure = new Set(items.flatMap(({ tlsa }) => (tlsa?.published === 'unknown' ? [tlsa.name] : [])))
    return { wrong, stays: ({ subject }) => unsure.has(subject) }
  },
}

function renewalTrouble(
  item: Certificate,
  { now, directory }: { readonly now: number; readonly directory: string },
): NewAlert[] {
  const { name, source, state, validFrom, validUntil, failures, lastError, isUsual } = item
  const base = { tenantId: null, kind: 'certificate-trouble', subject: name, link: LINK } as const
  const left = (validUntil ?? now) - now
  const life = (validUntil ?? now) - (validFrom ?? now)
  const isUrgent = validUntil !== null && left < Math.min(CRITICAL_MS, life / 6)
  if (source === 'fetched' && lastError !== null && (failures >= FAILURES_MIN || isUrgent)) {
    const until =
      validUntil === null ? say('alert.none-present') : say('alert.present-ends', { date: dayOf(validUntil) })
    return [
      {
        ...base,
        severity: isUrgent ? 'critical' : 'warning',
        text: say('alert.no-certificate', {
          authority: new URL(directory).host,
          name,
          error: lastError,
          until,
          number: failures,
        }),
        remedy: say('alert.renew-now'),
      },
    ]
  }
  // The usual one is watched by readiness, which knows more of it.
  if (source !== 'file' || isUsual || (state !== 'expiring' && state !== 'expired')) return []
  return [
    {
      ...base,
      severity: isUrgent ? 'critical' : 'warning',
      text: say(left <= 0 ? 'alert.certificate-ended' : 'alert.certificate-ends', {
        name,
        date: dayOf(validUntil ?? now),
      }),
      remedy: say('alert.renew-files', { name }),
    },
  ]
}

function recordTrouble({ tlsa, name }: Certificate): NewAlert[] {
  if (tlsa?.published !== 'differs') return []
  return [
    {
      tenantId: null,
      kind: 'certificate-trouble',
      subject: tlsa.name,
      severity: 'critical',
      text: say('alert.tlsa-differs', { record: tlsa.name, name }),
      remedy: say('alert.publish-tlsa', { record: `${tlsa.name} IN TLSA ${tlsa.record}` }),
      link: LINK,
    },
  ]
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
