// Anti-spoofing of the envelope: mail from outside with an internal reverse-path is refused at RCPT where
// nothing that is still to come can vouch for it (F3, decisions 2 and 10).
import { addressKey } from '@gatepost/mail/address.ts'
import { replies } from '@gatepost/mail/reply.ts'
import { envelopeClaim } from './claims.ts'
import { unknown } from './facts.ts'
import { isOwnHost } from './own-domains.ts'
import { definePolicy, type Opinion } from './policy.ts'
import { type ClaimVerdict, judgeClaim, opinionBase } from './spoofing-judge.ts'
import { spoofingWants } from './spoofing-rules.ts'

export const antiSpoofing = definePolicy({
  name: 'anti-spoofing',
  stage: 'rcpt',
  needs: [],
  wants({ direction, reversePath }, settings): readonly ('clientNames' | 'listedSpf')[] {
    const isAsked =
      direction === 'inbound' && settings !== null && envelopeClaim(settings, reversePath) !== null
    return isAsked ? spoofingWants(settings) : []
  },
  whenBlind: () => 'defer', // Needs nothing that could be unknown; what it wants, it judges itself.
  judge({ direction, reversePath, forwardPath, clientIp, now }, _facts, settings, wanted): Opinion {
    if (direction !== 'inbound' || settings === null || forwardPath === null) {
      return { kind: 'continue', because: 'outbound-not-spoofed', saw: '' }
    }
    const claim = envelopeClaim(settings, reversePath)
    if (claim === null) {
      return { kind: 'continue', because: 'sender-not-internal', saw: reversePath?.domain ?? '<>' }
    }
    if (isOwnHost(settings, clientIp)) {
      return { kind: 'continue', because: 'sent-by-own-host', saw: `${claim.address} from ${clientIp}` }
    }
    const spf = wanted?.listedSpf
    const verdict = judgeClaim(claim, {
      settings,
      clientIp,
      clientNames: wanted?.clientNames ?? unknown('not asked for'),
      to: addressKey(forwardPath),
      now,
      listedSpf: spf?.kind === 'known' ? spf.value : [],
      authentication: null,
    })
    return opinionOf(verdict)
  },
})

function opinionOf(verdict: ClaimVerdict): Opinion {
  const base = opinionBase(verdict)
  if (verdict.outcome === 'refused') return { ...base, kind: 'reject', reply: replies.antiSpoofing }
  if (verdict.outcome === 'unsure') return { ...base, kind: 'defer', reply: replies.factUnavailable }
  return { ...base, kind: 'continue' }
}
