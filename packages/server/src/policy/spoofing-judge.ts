// Whether somebody from outside may use an internal address as sender: the judgement that the envelope's and
// the header's anti-spoofing share (F3, decisions 10 and 21).
import type { AuthenticationFact, Fact, Facts } from './facts.ts'
import { isRelatedDomain, ownDomainOf } from './own-domains.ts'
import type { Opinion } from './policy.ts'
import type { Reason } from './reasons.ts'
import type { TenantSettings } from './settings.ts'
import { sharedCloudOf } from './shared-clouds.ts'
import {
  chooseSpoofingRule,
  hasDkimExemptions,
  type SpoofingChoice,
  type SpoofingRule,
  subjectOf,
  type Vouchers,
  type VouchersFound,
} from './spoofing-rules.ts'

/** One sender of a message that is an internal address, met from outside. */
export type Claim = {
  readonly kind: 'envelope' | 'header'
  readonly address: string
}

/** What is known of the message that makes the claim. */
export type ClaimContext = {
  readonly settings: TenantSettings
  readonly clientIp: string
  readonly clientNames: Fact<readonly string[]>
  readonly to: string
  readonly now: number
  readonly listedSpf: Facts['listedSpf']
  /** Null at RCPT, where there is no content to have signed anything. */
  readonly authentication: AuthenticationFact | null
}

export type ClaimVerdict = {
  readonly outcome: 'allowed' | 'refused' | 'reported' | 'later' | 'unsure'
  readonly because: Reason
  readonly saw: string
  readonly rule: SpoofingRule | null
}

/** Judges one claim. Pure. */
export function judgeClaim(claim: Claim, context: ClaimContext): ClaimVerdict {
  const subject = subjectOf(context, context.clientNames, claim)
  const found = { sure: vouchersIn(context, 'pass'), unsure: vouchersIn(context, 'temperror') }
  const choice = chooseSpoofingRule(context.settings, subject, found)
  const { blindTo } = choice
  const verdict = judgeBy(claim, context, { ...choice, found })
  if (blindTo === null) return verdict
  // A name that nobody could look up may be the one that exempts: that is no "no" (law 4). Where both rules
  // come to the same, nobody has to wait for the name.
  const other = judgeBy(claim, context, { rule: blindTo, unsureOf: choice.unsureOf, found })
  if (verdict.outcome === other.outcome || (isLetIn(verdict) && isLetIn(other))) return verdict
  // At RCPT a signature may still show that both do.
  if (verdict.outcome === 'later' && other.outcome === 'allowed') return verdict
  const saw = `${claim.address} and the client's names are not known`
  return { outcome: 'unsure', because: 'client-names-unknown', saw, rule: blindTo }
}

function isLetIn({ outcome }: ClaimVerdict): boolean {
  return outcome === 'allowed' || outcome === 'reported'
}

type Judging = Pick<SpoofingChoice, 'rule' | 'unsureOf'> & { readonly found: VouchersFound }

function judgeBy(claim: Claim, context: ClaimContext, { rule, unsureOf, found }: Judging): ClaimVerdict {
  const { settings, authentication } = context
  const { sure: vouchers, unsure } = found
  const verdict = (
    outcome: ClaimVerdict['outcome'],
    because: Reason,
    what: string,
    by: SpoofingRule | null = rule,
  ): ClaimVerdict => ({ outcome, because, saw: `${claim.address} ${what}`, rule: by })

  if (rule === null) return verdict('allowed', 'no-spoofing-rule', 'from outside, and no rule is about it')
  if (rule.option.action === 'none') {
    return verdict('allowed', 'spoofing-exempt', `from outside, exempt${evidenceOf(rule, vouchers, context)}`)
  }
  const proof = proofFor(claim, rule, context, { sure: vouchers, unsure })
  if (proof.kind === 'proven') return verdict('allowed', proof.because, `from outside, ${proof.saw}`)
  if (rule.option.action === 'report') {
    return verdict('reported', 'spoofing-reported', `from outside, ${proof.saw}`)
  }
  if (authentication === null && (rule.option.acceptAligned || needsContent(rule, settings))) {
    return verdict('later', 'spoofing-judged-later', 'from outside; a signature may still vouch for it')
  }
  if (proof.kind === 'unsure')
    return verdict('unsure', 'spoofing-proof-unknown', `from outside, ${proof.saw}`)
  if (unsureOf !== null) {
    const what = `from outside, ${unsureText(unsureOf.option, unsure)}`
    return verdict('unsure', 'spoofing-proof-unknown', what, unsureOf)
  }
  return verdict('refused', 'spoofing', `from outside, ${proof.saw}`)
}

/** The strongest of several: refused, then unsure, then whatever came first. */
export function strongest(verdicts: readonly ClaimVerdict[]): ClaimVerdict | null {
  const order: readonly ClaimVerdict['outcome'][] = ['refused', 'unsure', 'later', 'reported', 'allowed']
  let found: ClaimVerdict | null = null
  for (const verdict of verdicts) {
    if (found === null || order.indexOf(verdict.outcome) < order.indexOf(found.outcome)) found = verdict
  }
  return found
}

export function opinionBase({ because, saw, rule }: ClaimVerdict): Pick<Opinion, 'because' | 'saw' | 'rule'> {
  return { because, saw, rule: rule === null ? undefined : { id: rule.id, name: rule.name } }
}

type Proof =
  | { readonly kind: 'proven'; readonly because: Reason; readonly saw: string }
  | { readonly kind: 'unsure' | 'none'; readonly saw: string }

function proofFor(
  claim: Claim,
  { option }: SpoofingRule,
  context: ClaimContext,
  { sure, unsure }: VouchersFound,
): Proof {
  const spf = option.spfDomains.find((domain) => sure.spf.includes(domain))
  if (spf !== undefined)
    return { kind: 'proven', because: 'spoofing-spf-listed', saw: `SPF of ${spf} passes` }
  const dkim = listedSigner(option, sure)
  if (dkim !== undefined) return { kind: 'proven', because: 'spoofing-dkim-listed', saw: `signed by ${dkim}` }
  if (option.acceptAligned && context.authentication !== null) {
    const aligned = alignedProof(claim, context, context.authentication)
    if (aligned.kind !== 'none') return aligned
  }
  const isUnsure =
    option.spfDomains.some((domain) => unsure.spf.includes(domain)) ||
    listedSigner(option, unsure) !== undefined
  if (isUnsure) return { kind: 'unsure', saw: unsureText(option, unsure) }
  return { kind: 'none', saw: notProven(context) }
}

function listedSigner({ dkimDomains }: SpoofingRule['option'], { dkim }: Vouchers): string | undefined {
  return dkim.find((signer) => dkimDomains.some((listed) => isBelow(signer, listed)))
}

/** Whose word could not be had. */
function unsureText(option: SpoofingRule['option'], unsure: Vouchers): string {
  const spf = option.spfDomains.find((domain) => unsure.spf.includes(domain))
  if (spf !== undefined) return `SPF of ${spf} could not be asked`
  return `the key of ${listedSigner(option, unsure) ?? 'a signer'} could not be fetched`
}

/** DKIM of the sender's own domain, or SPF of it that does not rest on a shared cloud (decisions 21). */
function alignedProof(claim: Claim, { settings, clientIp }: ClaimContext, found: AuthenticationFact): Proof {
  const domain = claim.address.slice(claim.address.lastIndexOf('@') + 1)
  const isAligned = (name: string): boolean =>
    ownDomainOf(settings, name) !== null && isRelatedDomain(name, domain)
  const signatures = found.dkim.filter(
    (signature) => isAligned(signature.domain) || (signature.aligned && found.dmarc.domain === domain),
  )
  const valid = signatures.find(({ result }) => result === 'pass')
  if (valid) return { kind: 'proven', because: 'spoofing-aligned', saw: `signed by ${valid.domain}` }
  const isSpfAligned = isAligned(found.spfDomain) || (found.spfAligned && found.dmarc.domain === domain)
  const cloud = sharedCloudOf(clientIp)
  if (isSpfAligned && found.spf === 'pass' && cloud === null) {
    return { kind: 'proven', because: 'spoofing-aligned', saw: `SPF of ${found.spfDomain} passes` }
  }
  const isUnsure = signatures.some(({ result }) => result === 'temperror')
  if (isUnsure) return { kind: 'unsure', saw: `the key of ${signatures[0]!.domain} could not be fetched` }
  if (isSpfAligned && found.spf === 'temperror' && cloud === null) {
    return { kind: 'unsure', saw: `SPF of ${found.spfDomain} could not be asked` }
  }
  return { kind: 'none', saw: '' }
}

function notProven({ authentication, clientIp }: ClaimContext): string {
  const cloud = sharedCloudOf(clientIp)
  if (cloud !== null) return `and an address of ${cloud} proves nobody`
  if (authentication === null) return `and the client ${clientIp} is not exempt`
  return 'and nothing of the organisation vouches for it'
}

function evidenceOf({ option }: SpoofingRule, vouchers: Vouchers, { clientIp }: ClaimContext): string {
  const signer = listedSigner(option, vouchers)
  if (signer !== undefined) return `: signed by ${signer}`
  const passing = vouchers.spf.find((domain) => option.spfDomains.includes(domain))
  return passing === undefined ? ` for the client ${clientIp}` : `: SPF of ${passing} passes`
}

/** Without the content nobody knows who signed. */
function needsContent({ option }: SpoofingRule, settings: TenantSettings): boolean {
  return option.dkimDomains.length > 0 || hasDkimExemptions(settings)
}

/** Who passed, or who could not be asked. */
function vouchersIn({ listedSpf, authentication }: ClaimContext, wanted: 'pass' | 'temperror'): Vouchers {
  const isWanted = ({ result }: { readonly result: string }): boolean => result === wanted
  const signatures = authentication?.dkim ?? []
  return {
    spf: listedSpf.filter(isWanted).map(({ domain }) => domain),
    dkim: signatures.filter(isWanted).map(({ domain }) => domain),
  }
}

function isBelow(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`)
}
