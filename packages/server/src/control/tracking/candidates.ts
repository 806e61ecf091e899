// Candidate changes for each policy that refused, deferred or held: what an administrator could have set.
import type { PolicyDraft } from '@gatepost/contract/policy.ts'
import { addressKey, formatMailbox } from '@gatepost/mail/address.ts'
import { known } from '#policy/facts.ts'
import type { PolicyRule, RuleOptions, RuleType, Scope } from '#policy/rule.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { Candidate } from './remedies.ts'
import type { Decision } from './replay.ts'

/** Candidates for a decision, the narrowest first. */
export function candidatesFor(decision: Decision, settings: TenantSettings): readonly Candidate[] {
  switch (decision.step.policy) {
    case 'relay':
      return relayCandidates(decision, settings)
    case 'recipient-validation':
      return recipientCandidates(decision)
    case 'anti-spoofing':
    case 'anti-spoofing-header':
      return spoofingCandidates(decision, settings)
    default:
      return ruleCandidates(decision)
  }
}

function relayCandidates(
  { transaction, facts }: Decision,
  { tenantId }: TenantSettings,
): readonly Candidate[] {
  if (facts.relay?.kind !== 'known') return []
  const fact = facts.relay.value
  const relay =
    (change: Partial<typeof fact>): Candidate['facts'] =>
    (before) => ({
      ...before,
      relay: known({ ...fact, ...change }),
    })
  const { clientIp: address, reversePath, forwardPath } = transaction
  const candidates: Candidate[] = []
  if (fact.reversePathTenant === tenantId) {
    candidates.push({
      text: `Authorise ${address} to send for ${reversePath?.domain ?? 'your domains'} (step “Outbound”).`,
      act: { kind: 'authorize-address', address },
      facts: relay({ authorizedFor: [...fact.authorizedFor, tenantId] }),
    })
  } else if (reversePath !== null && fact.authorizedFor.includes(tenantId)) {
    candidates.push({
      text: `Validate ${reversePath.domain} here, or send with a domain that is validated.`,
      act: { kind: 'open', page: 'domains' },
      facts: relay({ reversePathTenant: tenantId }),
    })
  }
  if (fact.forwardPathTenant === null && forwardPath !== null) {
    candidates.push({
      text: `Validate ${forwardPath.domain} here if it is yours; if not, the sender asks the wrong server.`,
      act: { kind: 'open', page: 'domains' },
      facts: relay({ forwardPathTenant: tenantId }),
    })
  }
  return candidates
}

function recipientCandidates({ transaction }: Decision): readonly Candidate[] {
  const { forwardPath } = transaction
  if (forwardPath === null) return []
  const email = formatMailbox(forwardPath)
  const listed = known({ listed: true, source: 'directory' })
  return [
    {
      text: `Add ${email} as a user or alias.`,
      act: { kind: 'add-user', email },
      facts: (before) => ({ ...before, recipient: listed }),
    },
    {
      text: `Let ${forwardPath.domain} accept all recipients: junk for addresses that do not exist comes too.`,
      act: { kind: 'open', page: 'domains' },
      settings: (before) => ({
        ...before,
        domains: before.domains.map((domain) =>
          domain.name === forwardPath.domain.toLowerCase()
            ? { ...domain, recipientMode: 'accept-all' }
            : domain,
        ),
      }),
    },
  ]
}

/**
 * Narrowest first: a host by its name, then by its address; last, that the host is the organisation's own.
 */
function spoofingCandidates(decision: Decision, { tenantId }: TenantSettings): readonly Candidate[] {
  const { clientIp } = decision.transaction
  const claimed = claimedOf(decision)
  const domain = domainOf(claimed)
  if (domain === null) return []
  const host = hostOf(decision)
  const option = { action: 'none', acceptAligned: false, spfDomains: [], dkimDomains: [] } as const
  const exempt = (what: string, where: Pick<Common, 'sourceIps' | 'hostNames'>): Candidate =>
    adding('anti-spoofing', {
      text: `Exempt ${claimed} from anti-spoofing when it comes from ${what}.`,
      from: { kind: 'address', address: claimed ?? domain },
      to: { kind: 'internal' },
      addressesBasedOn: 'both',
      option,
      ...where,
    })
  return [
    ...signersOf(decision).map((signer) =>
      adding('anti-spoofing', {
        text: `Exempt mail that ${signer} signed from anti-spoofing for ${domain}.`,
        from: { kind: 'domain', domain },
        to: { kind: 'internal' },
        addressesBasedOn: 'both',
        option: { ...option, dkimDomains: [signer] },
      }),
    ),
    ...(host === null ? [] : [exempt(`the verified host ${host}`, { sourceIps: [], hostNames: [host] })]),
    exempt(clientIp, { sourceIps: [clientIp], hostNames: [] }),
    ...(looksOwn(decision, domain) ? [ownHost(decision, tenantId)] : []),
  ]
}

/** A stranger's server is never proposed as one's own: its name or the domain's SPF must say so. */
function looksOwn(decision: Decision, domain: string): boolean {
  const host = hostOf(decision)
  const { spf } = decision.facts
  const isListed = spf?.kind === 'known' && spf.value.result === 'pass' && spf.value.domain === domain
  return isListed || host === domain || host?.endsWith(`.${domain}`) === true
}

function ownHost({ transaction, facts }: Decision, tenantId: string): Candidate {
  const { clientIp } = transaction
  const { relay } = facts
  return {
    text: `Authorise ${clientIp} to send for you (step “Outbound”).`,
    act: { kind: 'authorize-address', address: clientIp },
    settings: (before) => ({
      ...before,
      authorizedOutbounds: [...before.authorizedOutbounds, { id: 'candidate', cidr: cidrOf(clientIp) }],
    }),
    facts: (before) =>
      relay?.kind === 'known'
        ? {
            ...before,
            relay: known({ ...relay.value, authorizedFor: [...relay.value.authorizedFor, tenantId] }),
          }
        : before,
  }
}

/** Policies that a rule of the sender's address, to this recipient, turns off. */
function ruleCandidates(decision: Decision): readonly Candidate[] {
  const { step, transaction } = decision
  const sender = senderOf(decision)
  if (sender === null || transaction.forwardPath === null) return []
  const to: Scope = { kind: 'address', address: addressKey(transaction.forwardPath) }
  const from: Scope = { kind: 'address', address: sender }
  const addressesBasedOn = decision.stage === 'rcpt' ? 'envelope' : 'both'
  const side: Side = { from, to, addressesBasedOn }
  switch (step.policy) {
    case 'blocked-senders':
    case 'blocked-senders-header':
      return [
        ...unblocked(decision),
        adding('blocked-senders', {
          ...side,
          text: `Take ${sender} out of the block for ${addressKey(transaction.forwardPath)}.`,
          option: { action: 'none' },
        }),
      ]
    case 'greylisting':
      return [
        adding('permitted-senders', {
          ...side,
          text: `Nothing: the sender’s server tries again and passes. To spare it the delay, permit ${sender}.`,
          option: { action: 'permit', onlyIfAuthenticated: false },
        }),
        adding('greylisting', {
          ...side,
          text: `Switch greylisting off for ${sender}.`,
          option: { action: 'none' },
        }),
      ]
    case 'display-name':
      return [
        adding('display-name', {
          ...side,
          text: `Exempt ${sender} from the check of display names.`,
          option: { action: 'none', whenAuthenticated: 'none' },
        }),
      ]
    default:
      return scanCandidates(step.policy, sender, side)
  }
}

/** As above, for what was found in the message itself. */
function scanCandidates(policy: string, sender: string, side: Side): readonly Candidate[] {
  switch (policy) {
    case 'virus':
      return [
        adding('virus-scanning', {
          ...side,
          text: `Exempt ${sender} from virus scanning: nobody looks at what it sends.`,
          option: { action: 'none', infected: 'reject', notChecked: 'deliver', unavailable: 'deliver' },
        }),
      ]
    case 'attachments':
      return [
        adding('attachment-handling', {
          ...side,
          text: `Let ${sender} send what is risky in attachments.`,
          option: {
            dangerous: 'none',
            script: 'none',
            macro: 'none',
            encrypted: 'none',
            disguised: 'none',
            unreadable: 'none',
          },
        }),
      ]
    case 'spam':
      return [
        adding('permitted-senders', {
          ...side,
          text: `Permit ${sender}: known senders skip spam scanning.`,
          option: { action: 'permit', onlyIfAuthenticated: true },
        }),
      ]
    case 'authentication':
      return [
        adding('authentication', {
          ...side,
          text: `Take no action on failed authentication of ${sender}: anybody can then use its address.`,
          option: { spfFail: 'none', dkimFail: 'none', dmarcFail: 'none', noneFound: 'none' },
        }),
      ]
    default:
      return []
  }
}

/** A block of the recipient's own list. */
function unblocked({ facts }: Decision): readonly Candidate[] {
  const managed = facts.managedSender
  if (managed?.kind !== 'known' || managed.value.block === null) return []
  const { permit, block } = managed.value
  return [
    {
      text: `Remove ${block.sender} from the recipient’s own blocked senders.`,
      act: { kind: 'open', page: 'senders' },
      facts: (before) => ({ ...before, managedSender: known({ permit, block: null }) }),
    },
  ]
}

type Side = Pick<PolicyRule, 'from' | 'to' | 'addressesBasedOn'>
type Common = Pick<PolicyRule, 'from' | 'to' | 'addressesBasedOn' | 'sourceIps' | 'hostNames'>
type Added<Type extends RuleType> = Omit<Common, 'sourceIps' | 'hostNames'> &
  Partial<Pick<Common, 'sourceIps' | 'hostNames'>> & {
    readonly text: string
    readonly option: RuleOptions[Type]
  }

/** A new rule, both as edges would know it and as it would be created. */
function adding<Type extends RuleType>(type: Type, added: Added<Type>): Candidate {
  const { text, sourceIps = [], hostNames = [], ...rest } = added
  const common = {
    ...rest,
    type,
    name: text.length > NAME_MAX ? `${text.slice(0, NAME_MAX - 1)}…` : text.replace(/\.$/, ''),
    bidirectional: false,
    sourceIps,
    hostNames,
    validFrom: null,
    validUntil: null,
    override: false,
  }
  const rule = { ...common, id: 'candidate', createdAt: NEWEST } as unknown as PolicyRule
  const draft = { ...common, description: '', enabled: true } as unknown as PolicyDraft
  return {
    text,
    act: { kind: 'create-policy', draft },
    settings: (before) => ({ ...before, rules: [...(before.rules ?? []), rule] }),
  }
}

const NAME_MAX = 120
/** Made now, it is newer than any other; of equally specific rules the newest applies. */
const NEWEST = Number.MAX_SAFE_INTEGER

/** Whose address was used: at RCPT the envelope's, later the author's. */
function claimedOf(decision: Decision): string | null {
  const { reversePath } = decision.transaction
  if (decision.stage === 'rcpt') return reversePath && addressKey(reversePath)
  return authorOf(decision) ?? (reversePath && addressKey(reversePath))
}

function senderOf(decision: Decision): string | null {
  const { reversePath } = decision.transaction
  if (decision.stage === 'message') return authorOf(decision) ?? (reversePath && addressKey(reversePath))
  return reversePath && addressKey(reversePath)
}

function authorOf({ facts }: Decision): string | null {
  const author = facts.author
  return author?.kind === 'known'
    ? (author.value.people?.find(({ address }) => address !== null)?.address ?? null)
    : null
}

function hostOf({ facts }: Decision): string | null {
  const names = facts.clientNames
  return names?.kind === 'known' ? (names.value[0] ?? null) : null
}

/** Domains that signed validly. */
function signersOf({ facts, stage }: Decision): readonly string[] {
  const found = facts.authentication
  if (stage !== 'message' || found?.kind !== 'known') return []
  return found.value.dkim
    .filter(({ result }) => result === 'pass')
    .map(({ domain }) => domain)
    .slice(0, 1)
}

function domainOf(address: string | null): string | null {
  const domain = address?.slice(address.lastIndexOf('@') + 1) ?? ''
  return domain === '' ? null : domain
}

function cidrOf(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`
}
