// Alerts of the installation itself: disk, certificate and block lists, from the readiness that is watched
// anyway.
import type { AlertKind } from '@gatepost/contract/alert.ts'
import { say } from '@gatepost/contract/sayings.ts'
import { loadReadiness } from '../../readiness/store.ts'
import type { NewAlert } from '../alert.ts'
import type { Source } from './source.ts'

/** Findings of readiness that wake somebody, and from which state on. */
const WATCHED: ReadonlyMap<string, { readonly kind: AlertKind; readonly warns: boolean }> = new Map([
  ['disk', { kind: 'disk', warns: true }],
  // A warning there may be a certificate of our own making, which is a choice.
  ['certificate', { kind: 'certificate-expiring', warns: false }],
  ['block-lists', { kind: 'block-listed', warns: true }],
])
/** Words of a warning about a certificate that ends. */
const EXPIRES = /expire/

export const gatewaySource: Source = {
  name: 'gateway',
  kinds: ['disk', 'certificate-expiring', 'block-listed'],
  everyMs: 30_000,
  async look({ store }) {
    const observed = await loadReadiness(store)
    const wrong: NewAlert[] = []
    const unsure = new Set<AlertKind>()
    for (const finding of observed?.findings ?? []) {
      const watched = WATCHED.get(finding.name)
      if (watched === undefined) continue
      if (finding.state === 'not-verified' || finding.state === 'not-run') unsure.add(watched.kind)
      const isWarning = finding.state === 'warning' && (watched.warns || EXPIRES.test(finding.saw))
      if (finding.state !== 'failed' && !isWarning) continue
      wrong.push({
        tenantId: null,
        kind: watched.kind,
        subject: 'gateway',
        subjectSaid: say('subject.gateway'),
        severity: finding.state === 'failed' ? 'critical' : 'warning',
        text: finding.said?.saw ?? finding.saw,
        remedy: finding.said?.remedy ?? finding.remedy ?? say('alert.open-readiness'),
        link: '/system/readiness',
      })
    }
    // Before the first look nobody can tell.
    return { wrong, stays: ({ kind }) => observed === null || unsure.has(kind as AlertKind) }
  },
}
