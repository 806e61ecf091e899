// Anti-spoofing of the header: an internal author from outside, and what the envelope left open because a
// signature could still vouch for it (F3, decisions 10 and 21).
import { addressKey } from '@gatepost/mail/address.ts'
import { flatText } from '@gatepost/mail/bytes.ts'
import { replies } from '@gatepost/mail/reply.ts'
import { envelopeClaim, headerClaims } from './claims.ts'
import { unknown } from './facts.ts'
import { isOwnHost } from './own-domains.ts'
import { definePolicy, type Opinion } from './policy.ts'
import { type ClaimVerdict, judgeClaim, opinionBase, strongest } from './spoofing-judge.ts'
import { spoofingWants } from './spoofing-rules.ts'

export const antiSpoofingHeader = definePolicy({
  name: 'anti-spoofing-header',
  stage: 'message',
  needs: ['author'],
  wants({ direction }, settings): readonly ('clientNames' | 'listedSpf' | 'authentication')[] {
    if (direction !== 'inbound' || settings === null) return NOTHING
    const wants = spoofingWants(settings)
    return wants.length === 0 ? RESULTS : [...RESULTS, ...wants]
  },
  whenBlind: () => 'defer', // Nobody can say who wrote it.
  judge({ direction, reversePath, forwardPath, clientIp, now }, { author }, settings, wanted): Opinion {
    if (direction !== 'inbound' || settings === null || forwardPath === null) {
      return { kind: 'continue', because: 'outbound-not-spoofed', saw: '' }
    }
    const envelope = envelopeClaim(settings, reversePath)
    const ofHeader = headerClaims(settings, author.people)
    const claims = envelope === null ? ofHeader : [envelope, ...ofHeader]
    if (claims.length === 0) {
      const { domains } = author
      const saw = domains.length > 0 ? flatText('author domain ', domains.join(', ')) : 'no readable author'
      return { kind: 'continue', because: 'sender-not-internal', saw }
    }
    if (isOwnHost(settings, clientIp)) {
      return { kind: 'continue', because: 'sent-by-own-host', saw: `${claims[0]!.address} from ${clientIp}` }
    }
    const { listedSpf: spf, authentication: found } = wanted ?? {}
    const context = {
      settings,
      clientIp,
      clientNames: wanted?.clientNames ?? unknown('not asked for'),
      to: addressKey(forwardPath),
      now,
      listedSpf: spf?.kind === 'known' ? spf.value : [],
      authentication: found?.kind === 'known' ? found.value : null,
    }
    const verdicts = claims.map((claim) => ({ claim, ...judgeClaim(claim, context) }))
    return opinionOf(strongest(verdicts) as ClaimVerdict & { readonly claim: (typeof claims)[number] })
  },
})

const NOTHING: readonly never[] = []
const RESULTS: readonly 'authentication'[] = ['authentication']

function opinionOf(verdict: ClaimVerdict & { readonly claim: { readonly kind: string } }): Opinion {
  const base = opinionBase(verdict)
  switch (verdict.outcome) {
    case 'refused': {
      const reply = verdict.claim.kind === 'envelope' ? replies.antiSpoofing : replies.antiSpoofingHeader
      return { ...base, kind: 'reject', reply }
    }
    // Here nothing is still to come: without the results nobody can vouch (law 4).
    case 'later':
      return { ...base, because: 'spoofing-proof-unknown', kind: 'defer', reply: replies.factUnavailable }
    case 'unsure':
      return { ...base, kind: 'defer', reply: replies.factUnavailable }
    default:
      return { ...base, kind: 'continue' }
  }
}
