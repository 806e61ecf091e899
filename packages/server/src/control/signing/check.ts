// Looks at one key's record and takes the key to its next stage.
import type { Scope } from '../scope.ts'
import { changeSettings } from '../settings/settings.ts'
import { activate, type SigningDeps, subjectOf } from './life.ts'
import { type KeyLook, lookForKey, seenBy } from './look.ts'
import { afterLook } from './stages.ts'
import { type KeyRow, keysOfDomain, updateKey } from './store.ts'

/** Looks at one key's record and takes the key to its next stage. */
export async function checkKey(row: KeyRow, scope: Scope, deps: SigningDeps): Promise<void> {
  const { store, clock, dns, link, emit } = deps
  const asked = { selector: row.selector, domain: row.domain, publicKey: row.public_key }
  const look = row.state === 'gone' ? null : await lookForKey(asked, dns)
  const now = clock.now()
  const changed = await store.transaction(async (trx) => {
    const siblings = await keysOfDomain(trx, row.tenant_id, row.domain_id)
    const current = siblings.find(({ id }) => id === row.id)
    // Removed, or decided by a person, while we looked.
    if (current === undefined || current.state !== row.state) return false
    const isFirst = !siblings.some((other) => other.state === 'active' && other.algorithm === row.algorithm)
    const stage = {
      state: current.state,
      seenAt: current.seen_at,
      retireUntil: current.retire_until,
      misses: current.misses,
    }
    const next = afterLook(stage, { seen: look === null ? 'unknown' : seenBy(look), now, isFirst })
    const seen = { ...kept(look), misses: next.misses, seen_at: next.seenAt, checked_at: now }
    await updateKey(trx, row, { ...seen, next_check_at: next.nextCheckAt })
    if (next.state === current.state) return false
    if (next.state === 'active') {
      await activate(trx, scope, { row: current, now })
      await updateKey(trx, row, { next_check_at: next.nextCheckAt })
    } else if (next.state === 'gone') {
      const revision = await changeSettings(trx, scope, {
        action: 'signing.key-gone',
        subject: subjectOf(row),
        before: { state: current.state },
        after: { state: 'gone' },
        at: now,
      })
      await updateKey(trx, row, { state: 'gone', gone_at: now, private_key: null, revision })
    } else await updateKey(trx, row, { state: next.state })
    return true
  })
  emit('control.check.ran', { check: 'signing', domain: row.domain, outcome: look?.state ?? 'gone' })
  if (changed) link.settingsChanged()
}

function kept(look: KeyLook | null): { readonly look?: string } {
  return look === null ? {} : { look: JSON.stringify(look) }
}
