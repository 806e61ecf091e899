// Alerts of claims (C1): who holds a domain that somebody else proved is told in good time, who lost one is
// told what happened, and operators are asked for their word.

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
    text:
      `Somebody else published a record that proves ${name} and claims it. ` +
      (isRecordGone
        ? 'Your own record is not seen. Once it was gone for three days, the operator of this gateway may hand the domain over.'
        : 'Your own record is there, so nothing changes.'),
    remedy:
      'Is the domain yours? Publish your record again, or leave it where it is, and see who may change its DNS. ' +
      'If you gave it up, remove it from your domains.',
    link: `/t/${slug}/domains`,
  }
}

function lost(name: string, slug: string): Omit<NewAlert, 'tenantId'> {
  return {
    kind: 'domain-claimed',
    subject: name,
    severity: 'critical',
    text:
      `${name} went to another organisation: your record was gone for three days, somebody else proved the ` +
      'domain, and the operator agreed. Mail for it is not yours any more; accounts that signed in by its addresses ended.',
    remedy: 'Ask the operator of this gateway if this is wrong. Else remove the domain from your list.',
    link: `/t/${slug}/domains`,
  }
}

function awaited(name: string): NewAlert {
  return {
    tenantId: null,
    kind: 'domain-claimed',
    subject: name,
    severity: 'warning',
    text: `The claim of ${name} meets its conditions: the record of who holds it has been gone for three days.`,
    remedy: 'Ask both organisations, then hand the domain over, or leave it: the claim ends by itself.',
    link: '/system/organizations',
  }
}
