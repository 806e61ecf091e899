// Alerts of claims (C1): who holds a domain that somebody else proved is told in good time, who lost one is
// told what happened, and operators are asked for their word.

import { say } from '@gatepost/contract/sayings.ts'
import { goneOf, isGone, isProven } from '../../domain/claim.ts'
import { claimableFrom, liveClaims, lostSince } from '../../domain/claim-store.ts'
import type { NewAlert } from '../alert.ts'
import type { Source } from './source.ts'

/** How long the loss of a domain stays an alert. */
const LOST_TOLD_MS = 14 * 86_400_000

export const claimSource: Source = {
  name: 'claims',
  kinds: ['domain-claimed'],
  everyMs: 30_000,
  async look({ store: { db } }, now) {
    const wrong = new Map<string, NewAlert>()
    const add = (alert: NewAlert) => wrong.set(`${alert.tenantId} ${alert.subject}`, alert)
    for (const { claim, name, tenant_id: claimant } of await liveClaims(db, { now })) {
      const holder = claim.provenAt === null ? null : await claimableFrom(db, name, claimant)
      if (holder === null) continue
      const gone = await goneOf(db, holder)
      add({ ...contested(name, holder.slug, gone !== null), tenantId: holder.tenant_id })
      if (isProven(claim, now) && isGone(gone)) add(awaited(name))
    }
    for (const { tenant_id: tenantId, name, slug } of await lostSince(db, now - LOST_TOLD_MS)) {
      add({ ...lost(name, slug), tenantId })
    }
    return { wrong: [...wrong.values()] }
  },
}

function contested(name: string, slug: string, isRecordGone: boolean): Omit<NewAlert, 'tenantId'> {
  return {
    kind: 'domain-claimed',
    subject: name,
    severity: 'warning',
    text: say(isRecordGone ? 'alert.claimed-gone' : 'alert.claimed-here', { domain: name }),
    remedy: say('alert.keep-domain'),
    link: `/t/${slug}/domains`,
  }
}

function lost(name: string, slug: string): Omit<NewAlert, 'tenantId'> {
  return {
    kind: 'domain-claimed',
    subject: name,
    severity: 'critical',
    text: say('alert.domain-lost', { domain: name }),
    remedy: say('alert.ask-operator'),
    link: `/t/${slug}/domains`,
  }
}

function awaited(name: string): NewAlert {
  return {
    tenantId: null,
    kind: 'domain-claimed',
    subject: name,
    severity: 'warning',
    text: say('alert.claim-ready', { domain: name }),
    remedy: say('alert.hand-over'),
    link: '/system/organizations',
  }
}
