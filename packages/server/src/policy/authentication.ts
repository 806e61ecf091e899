// Authentication: what SPF, DKIM and DMARC found, and what the tenant's rule makes of it (F2).
import { flatText } from '@gatepost/mail/bytes.ts'
import { replies } from '@gatepost/mail/replies.ts'
import type { PermanentReply } from '@gatepost/mail/reply.ts'
import type { AuthenticationFact } from './facts.ts'
import { refOf } from './permits.ts'
import { definePolicy, type Opinion, type PolicyName } from './policy.ts'
import type { Reason } from './reasons.ts'
import type { AuthenticationAction, RuleOptions } from './rule.ts'
import { rulesOf } from './rules/index.ts'
import { selectRule } from './rules/select.ts'
import { subjectOf, wantsClientNames } from './rules/subject.ts'

/** What a rule makes of the results: the strongest of its answers, and which result it answers. */
export type AuthenticationOutcome = {
  readonly action: AuthenticationAction
  readonly because: Reason
}

/**
 * Judged once the content is here. Who may cancel permits does so by waiving the policy that gives them. A
 * look-up that failed never refuses (law 4): its results are no "fail".
 */
export const authentication = definePolicy({
  name: 'authentication',
  stage: 'message',
  needs: ['authentication', 'author'],
  wants({ direction }, settings) {
    return direction === 'inbound' ? wantsClientNames(settings, ['authentication']) : []
  },
  whenBlind: () => 'continue', // A DNS time-out never refuses for good (law 4).
  judge(transaction, { authentication: found, author }, settings, wanted = {}): Opinion {
    if (transaction.direction !== 'inbound') {
      return { kind: 'continue', because: 'outbound-not-authenticated', saw: '' }
    }
    const saw = sawOf(found)
    const evaluated: Opinion = { kind: 'continue', because: 'authentication-evaluated', saw }
    const subject = settings && subjectOf(transaction, author, wanted)
    if (settings === null || subject === null) return evaluated
    const { rule, blindTo } = selectRule(rulesOf(settings), 'authentication', subject)
    if (rule === null) return evaluated
    const sealer = vouchingSealer(found, settings.arcSealers ?? [])
    const outcome = authenticationOutcome(found, rule.option, sealer !== null)
    const isExemptionUnknown =
      blindTo !== null && authenticationOutcome(found, blindTo.option, sealer !== null).action !== 'reject'
    if (outcome.action === 'reject' && isExemptionUnknown) {
      const because = 'client-names-unknown'
      return { kind: 'defer', because, saw, rule: refOf(blindTo), reply: replies.factUnavailable }
    }
    const isUndecided = outcome.action !== 'reject' && sealer === null && waitsForProof(found, rule.option)
    if (isUndecided || waitsForSeal(found, outcome, settings.arcSealers ?? [])) {
      return {
        kind: 'defer',
        because: 'dmarc-undecided',
        saw,
        rule: refOf(rule),
        reply: replies.factUnavailable,
      }
    }
    const vouched = outcome.because === 'dmarc-vouched-by-seal' ? `; sealed by ${sealer}` : ''
    return { ...opinionOf(outcome), saw: saw + vouched, rule: refOf(rule) }
  },
})

const STRENGTH: readonly AuthenticationAction[] = ['none', 'cancel-permits', 'hold', 'reject']

/** What a rule's option makes of the results. Pure; other policies ask it too. */
export function authenticationOutcome(
  found: AuthenticationFact,
  option: RuleOptions['authentication'],
  isVouchedFor = false,
): AuthenticationOutcome {
  const { spf, dmarc } = found
  let strongest: AuthenticationOutcome = { action: 'none', because: whyNothing(found) }
  const consider = (action: AuthenticationAction, because: Reason): void => {
    if (STRENGTH.indexOf(action) > STRENGTH.indexOf(strongest.action)) strongest = { action, because }
  }
  // DMARC speaks for the author and comes first, so that of equal answers its reply is given.
  if (dmarc.result === 'fail' && isVouchedFor) {
    strongest = { action: 'none', because: 'dmarc-vouched-by-seal' }
  } else if (dmarc.result === 'fail') {
    consider(option.dmarcFail === 'honour' ? wishOf(dmarc.policy) : option.dmarcFail, 'dmarc-failed')
  }
  if (spf === 'fail') consider(option.spfFail, 'spf-failed')
  if (isDkimFailed(found)) consider(option.dkimFail, 'dkim-failed')
  if (isNoneFound(found)) consider(option.noneFound, 'no-authentication-found')
  return strongest
}

/**
 * Whether a look-up that failed might still prove an author whose failure is refused or held: taken it would
 * be allowed by a time-out, and refused by one. The policy of a domain whose record could not be had is
 * nobody's wish.
 */
function waitsForProof({ dmarc }: AuthenticationFact, { dmarcFail }: RuleOptions['authentication']): boolean {
  if (dmarc.result !== 'temperror' || dmarc.policy === null) return false
  const action = dmarcFail === 'honour' ? wishOf(dmarc.policy) : dmarcFail
  return action === 'reject' || action === 'hold'
}

/** The same of a seal that would be believed: what its chain could not look up may still vouch. */
function waitsForSeal(
  found: AuthenticationFact,
  { action, because }: AuthenticationOutcome,
  believed: readonly string[],
): boolean {
  if (found.isArcUnsure !== true || because !== 'dmarc-failed') return false
  if (action !== 'reject' && action !== 'hold') return false
  return vouchingSealer({ ...found, arc: 'pass' }, believed) !== null
}

/**
 * A believed sealer that saw the author's DMARC pass before the message was changed on its way (RFC 8617
 * §5.2). Everybody who sealed after it must be believed too: each of them could have written what we see.
 */
export function vouchingSealer(
  { arc, sealers = [], dmarc }: AuthenticationFact,
  believed: readonly string[],
): string | null {
  if (arc !== 'pass' || dmarc.domain === null || believed.length === 0) return null
  for (const { domain, dmarcPassFor } of [...sealers].reverse()) {
    const isBelieved = believed.some((name) => domain === name || domain.endsWith(`.${name}`))
    if (!isBelieved) return null
    if (dmarcPassFor === dmarc.domain) return domain
  }
  return null
}

/** A published policy as an action: quarantine is a hold. */
function wishOf(policy: AuthenticationFact['dmarc']['policy']): AuthenticationAction {
  if (policy === 'reject') return 'reject'
  return policy === 'quarantine' ? 'hold' : 'none'
}

/**
 * A broken signature beside a valid one says nothing: lists and forwarders break those they pass on. One
 * whose key could not be had may be valid.
 */
function isDkimFailed({ dkim }: AuthenticationFact): boolean {
  const has = (wanted: 'pass' | 'fail' | 'temperror') => dkim.some(({ result }) => result === wanted)
  return has('fail') && !has('pass') && !has('temperror')
}

function isNoneFound({ spf, dkim, dmarc }: AuthenticationFact): boolean {
  return spf === 'none' && dkim.length === 0 && dmarc.result === 'none'
}

function whyNothing({ spf, dkim, dmarc }: AuthenticationFact): Reason {
  const isUnknown =
    spf === 'temperror' || dmarc.result === 'temperror' || dkim.some(({ result }) => result === 'temperror')
  return isUnknown ? 'authentication-unavailable' : 'authentication-not-acted-on'
}

/** At RCPT nobody cancels them so; what waited for the content is asked for both (decisions 2). */
const PERMITS: readonly PolicyName[] = ['permitted-senders', 'permitted-senders-header']

function opinionOf({ action, because }: AuthenticationOutcome): Opinion {
  switch (action) {
    case 'none':
      return { kind: 'continue', because, saw: '' }
    case 'cancel-permits':
      return { kind: 'waive', because, saw: '', policies: PERMITS }
    case 'hold':
      return { kind: 'hold', because, saw: '' }
    case 'reject':
      return { kind: 'reject', because, saw: '', reply: replyOf(because) }
  }
}

function replyOf(because: Reason): PermanentReply {
  if (because === 'dmarc-failed') return replies.dmarcRejected
  if (because === 'spf-failed') return replies.spfRejected
  return because === 'dkim-failed' ? replies.dkimRejected : replies.authenticationRejected
}

/** The results in one line, as Authentication-Results names them. */
function sawOf({ spf, spfDomain, dkim, dmarc, arc }: AuthenticationFact): string {
  const wish = dmarc.policy === null ? '' : `, p=${dmarc.policy}`
  const author = dmarc.domain === null ? '' : ` (${dmarc.domain}${wish})`
  if (dkim.length === 0 && arc === 'none' && spfDomain !== '') {
    return flatText('spf=', spf, ' (', spfDomain, '); dmarc=', dmarc.result, author)
  }
  const parts = [
    `spf=${spf}${spfDomain === '' ? '' : ` (${spfDomain})`}`,
    ...dkim.map(
      ({ result, domain, reason }) => `dkim=${result} (${[domain, reason].filter(Boolean).join(': ')})`,
    ),
    `dmarc=${dmarc.result}${author}`,
  ]
  if (arc !== 'none') parts.push(`arc=${arc}`)
  return parts.join('; ')
}
