// Display name: somebody from outside who shows an internal address, the name of an internal person or a
// domain that looks like ours (F4). The real author may be anybody, so it is a rule of its own.
import { addressKey } from '@gatepost/mail/address.ts'
import { replies } from '@gatepost/mail/reply.ts'
import { sureOpinion } from './doubt.ts'
import { type AuthenticationFact, type Fact, type ImpersonationSignal, unknown } from './facts.ts'
import { definePolicy, type Opinion } from './policy.ts'
import type { PolicyRule } from './rule.ts'
import { rulesOf } from './rules/index.ts'
import { selectRule } from './rules/select.ts'
import { sharedCloudOf } from './shared-clouds.ts'

/** Signs that are enough by themselves; the others only stand beside them. */
const TELLING: ReadonlySet<ImpersonationSignal['kind']> = new Set([
  'internal-address',
  'internal-name',
  'look-alike-domain',
])

const NOTHING: readonly never[] = []
const RESULTS: readonly 'authentication'[] = ['authentication']
const RESULTS_AND_NAMES: readonly ('authentication' | 'clientNames')[] = ['authentication', 'clientNames']
const UNSUSPICIOUS: Opinion = { kind: 'continue', because: 'no-impersonation', saw: '' }

export const displayName = definePolicy({
  name: 'display-name',
  stage: 'message',
  needs: ['author', 'impersonation'],
  wants({ direction }, settings): readonly ('authentication' | 'clientNames')[] {
    if (direction !== 'inbound' || settings === null) return NOTHING
    const asksForNames = rulesOf(settings).ofType('display-name')?.client.asksForHostNames === true
    return asksForNames ? RESULTS_AND_NAMES : RESULTS
  },
  whenBlind: () => 'continue', // A sign that nobody could look for is no sign.
  judge({ direction, reversePath, forwardPath, clientIp, now }, facts, settings, wanted): Opinion {
    const { author, impersonation } = facts
    if (direction !== 'inbound' || settings === null || forwardPath === null) {
      return { kind: 'continue', because: 'outbound-not-spoofed', saw: '' }
    }
    if (impersonation.length === 0) return UNSUSPICIOUS
    const saw = impersonation.map((signal) => signal.saw).join('; ')
    if (!impersonation.some(({ kind }) => TELLING.has(kind))) {
      return { kind: 'continue', because: 'no-impersonation', saw }
    }
    const choice = selectRule(rulesOf(settings), 'display-name', {
      clientIp,
      clientNames: wanted?.clientNames ?? unknown('not asked for'),
      envelopeFrom: reversePath && addressKey(reversePath),
      headerFrom: author.people.flatMap(({ address }) => address ?? []),
      to: addressKey(forwardPath),
      now,
    })
    return sureOpinion(choice, (rule): Opinion => {
      if (rule === null) return { kind: 'continue', because: 'no-display-name-rule', saw }
      return byRule(rule, { saw, clientIp, found: wanted?.authentication })
    })
  },
})

function byRule(
  rule: PolicyRule<'display-name'>,
  seen: {
    readonly saw: string
    readonly clientIp: string
    readonly found: Fact<AuthenticationFact> | undefined
  },
): Opinion {
  const { option } = rule
  const ref = { id: rule.id, name: rule.name }
  const proof = proofOf(seen.found, seen.clientIp)
  const saw = `${seen.saw}; the author ${PROOFS[proof]}`
  const action = proof === 'proven' ? option.whenAuthenticated : option.action
  // Whoever could not be looked up is not held for that (law 4).
  if (proof === 'unknown' && option.action !== option.whenAuthenticated) {
    return { kind: 'defer', because: 'author-not-verified', saw, rule: ref, reply: replies.factUnavailable }
  }
  switch (action) {
    case 'none':
      return { kind: 'continue', because: 'display-name-exempt', saw, rule: ref }
    case 'tag':
      return {
        kind: 'continue',
        because: 'display-name-tagged',
        saw,
        rule: ref,
        effects: [{ kind: 'tag', text: 'impersonation' }],
      }
    case 'hold':
      return { kind: 'hold', because: 'display-name-held', saw, rule: ref }
    case 'reject':
      return { kind: 'reject', because: 'display-name-refused', saw, rule: ref, reply: replies.displayName }
  }
}

const PROOFS = {
  proven: 'authenticates',
  none: 'does not authenticate',
  unknown: 'could not be authenticated',
} as const

function proofOf(found: Fact<AuthenticationFact> | undefined, clientIp: string): keyof typeof PROOFS {
  if (found === undefined || found.kind === 'unknown') return 'unknown'
  const { dmarc, dkim, spf, spfAligned } = found.value
  const isSigned = dkim.some(({ result, aligned }) => result === 'pass' && aligned)
  const isSpf = spf === 'pass' && spfAligned && sharedCloudOf(clientIp) === null
  if (isSigned || isSpf) return 'proven'
  const isUnknown =
    dmarc.result === 'temperror' ||
    (spf === 'temperror' && spfAligned && sharedCloudOf(clientIp) === null) ||
    dkim.some(({ result, aligned }) => result === 'temperror' && aligned)
  return isUnknown ? 'unknown' : 'none'
}
