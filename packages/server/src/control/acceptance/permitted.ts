// The probe of the way that permitted senders take: an edge judges one with its own settings.
import { say } from '@gatepost/contract/sayings.ts'
import { newId } from '#platform/random.ts'
import { shownSteps } from '../tracking/why.ts'
import { type Finding, notAvailable, notVerified, type Probe, passed } from './finding.ts'
import type { AcceptanceDeps, Sight } from './gather.ts'

export const permittedProbe: Probe = {
  name: 'permitted',
  group: 'inbound',
  async run({ scope }, deps): Promise<Finding> {
    const entry = await oneEntry(scope.tenantId, deps)
    if (entry === null) return notAvailable(say('accept.no-permitted'))
    const result = await deps.link.order({
      kind: 'explain',
      id: newId('ord', deps.clock.now()),
      tenantId: scope.tenantId,
      // Of the documentation range (RFC 5737): nobody's address, so nothing else speaks for the sender.
      clientIp: '192.0.2.1',
      helo: 'acceptance.gatepost.invalid',
      reversePath: entry.sender,
      forwardPath: entry.user,
      content: null,
      draft: null,
    })
    if (result.kind !== 'explain') return notVerified(say('accept.not-judged'))
    const steps = shownSteps(result.rcpt.explanation)
    const step = steps.find(({ policy }) => policy === 'permitted-senders')
    if (step === undefined) {
      const why = result.rcpt.reply?.lines.join(' ') ?? say('accept.settled-before')
      return notVerified(say('accept.not-reached', { ...entry, why }))
    }
    return passed(say('accept.permitted', { ...entry, means: step.means }))
  },
}

async function oneEntry(
  tenantId: Sight['scope']['tenantId'],
  { store, clock }: Pick<AcceptanceDeps, 'store' | 'clock'>,
): Promise<{ readonly sender: string; readonly user: string } | null> {
  const rows = await store.db
    .selectFrom('managed_sender')
    .select(['sender', 'user_key', 'expires_at'])
    .where('tenant_id', '=', tenantId)
    .where('action', '=', 'permit')
    .limit(200)
    .execute()
  const now = clock.now()
  const usable = rows.find(
    ({ sender, expires_at }) => sender.includes('@') && (expires_at === null || expires_at > now),
  )
  return usable === undefined ? null : { sender: usable.sender, user: usable.user_key }
}
