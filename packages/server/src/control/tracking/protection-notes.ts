// What passing mail tells about people and services: who sends, who is written to without being listed, and
// who outside uses our domains (R2, R1, F5).
import { addressKey } from '@gatepost/mail/address.ts'
import { parseIp } from '@gatepost/mail/ip.ts'
import { CLAIM_REASONS, UNLISTED_REASONS } from '#link/report-text.ts'
import type { AcceptedReport, DeliveryReport, RefusedReport, Report } from '#link/reports.ts'
import { registrableDomainOf } from '#platform/public-suffix.ts'
import type { AuthenticationFact } from '#policy/facts.ts'
import { domainOf, type TenantOfDomain } from './rows.ts'

/** The newest message of a service that uses our domain; what a person decides by. */
export type SpoofSample = {
  readonly messageId: string
  /** The internal address it used, and where. */
  readonly sender: string
  readonly basis: 'envelope' | 'header'
  readonly reversePath: string | null
  readonly recipient: string | null
  readonly ip: string
  readonly hostName: string | null
  /** Who signed validly. */
  readonly signers: readonly string[]
  readonly spf: string
  readonly spfDomain: string
  readonly dmarc: string
  readonly because: string
  readonly outcome: 'accepted' | 'refused' | 'reported' | 'deferred'
}

export type SpoofNote = {
  readonly tenantId: string
  readonly domain: string
  readonly kind: 'dkim' | 'host' | 'network'
  readonly source: string
  readonly at: number
  readonly accepted: number
  readonly refused: number
  readonly reported: number
  readonly sample: SpoofSample
}

export type SeenRecipientNote = {
  readonly tenantId: string
  readonly address: string
  readonly at: number
  readonly messages: number
  readonly delivered: number
  readonly refused: number
}

export type ProtectionNotes = {
  /** Internal senders of accepted outbound mail, each told once. */
  readonly senders: readonly { readonly tenantId: string; readonly address: string; readonly at: number }[]
  readonly recipients: readonly SeenRecipientNote[]
  readonly spoofs: readonly SpoofNote[]
}

/** Keys and messages remembered; forgetting one costs a note given twice, or an outcome not counted. */
const REMEMBERED_MAX = 50_000
const MESSAGES_MAX = 10_000

/** Collects the notes of one batch. */
export class ProtectionNoteTaker {
  readonly #told = new Set<string>()
  /** Recipients of accepted messages whose outcome is of interest, by index. */
  readonly #awaited = new Map<string, readonly (string | null)[]>()
  #senders: ProtectionNotes['senders'][number][] = []
  #recipients = new Map<string, SeenRecipientNote>()
  #spoofs = new Map<string, SpoofNote>()

  note(report: Report, tenantOfDomain: TenantOfDomain): void {
    if (report.kind === 'delivery') this.#noteOutcome(report)
    else if (report.kind === 'refused') this.#noteSpoof(report, tenantOfDomain)
    else if (report.kind === 'accepted' && report.origin === 'smtp') {
      if (report.direction === 'outbound') this.#noteSender(report, tenantOfDomain)
      else {
        this.#noteRecipients(report)
        this.#noteSpoof(report, tenantOfDomain)
      }
    }
  }

  take(): ProtectionNotes {
    const notes = {
      senders: this.#senders,
      recipients: [...this.#recipients.values()],
      spoofs: [...this.#spoofs.values()],
    }
    this.#senders = []
    this.#recipients = new Map()
    this.#spoofs = new Map()
    return notes
  }

  /** What was told may not have been kept: tell it again. */
  forget(): void {
    this.#told.clear()
  }

  #noteSender({ tenantId, reversePath, at }: AcceptedReport, tenantOfDomain: TenantOfDomain): void {
    const domain = domainOf(reversePath)
    if (reversePath === null || domain === null || tenantOfDomain(domain) !== tenantId) return
    const key = `${tenantId} ${addressKey(reversePath)}`
    if (this.#told.has(key)) return
    if (this.#told.size >= REMEMBERED_MAX) this.#told.clear()
    this.#told.add(key)
    this.#senders.push({ tenantId, address: reversePath, at })
  }

  #noteRecipients({ tenantId, id, at, recipients }: AcceptedReport): void {
    const taken = recipients.map(({ forwardPath, explanation }) =>
      explanation.some((step) => step.policy === 'recipient-validation' && UNLISTED_REASONS.has(step.because))
        ? addressKey(forwardPath)
        : null,
    )
    if (taken.every((address) => address === null)) return
    for (const address of taken) if (address !== null) this.#count({ tenantId, address, at }, 'messages')
    if (this.#awaited.size >= MESSAGES_MAX) this.#awaited.clear()
    this.#awaited.set(id, taken)
  }

  /** Whether the mail host took a recipient tells whether the address exists. */
  #noteOutcome({ tenantId, messageId, recipients, outcome, at }: DeliveryReport): void {
    if (outcome !== 'delivered' && outcome !== 'bounced') return
    const addresses = this.#awaited.get(messageId)
    if (addresses === undefined) return
    for (const index of recipients) {
      const address = addresses[index] ?? null
      if (address === null) continue
      this.#count({ tenantId, address, at }, outcome === 'delivered' ? 'delivered' : 'refused')
    }
  }

  #count(
    { tenantId, address, at }: Pick<SeenRecipientNote, 'tenantId' | 'address' | 'at'>,
    what: 'messages' | 'delivered' | 'refused',
  ): void {
    const key = `${tenantId} ${address}`
    const before = this.#recipients.get(key) ?? {
      tenantId,
      address,
      at,
      messages: 0,
      delivered: 0,
      refused: 0,
    }
    this.#recipients.set(key, { ...before, at: Math.max(at, before.at), [what]: before[what] + 1 })
  }

  #noteSpoof(report: AcceptedReport | RefusedReport, tenantOfDomain: TenantOfDomain): void {
    const { tenantId, client } = report
    if (tenantId === null || client === null) return
    const step = claimStep(report)
    if (step === null) return
    const claim = claimOf(report, tenantId, tenantOfDomain)
    if (claim === null) return
    const found = authenticationOf(report)
    const source = sourceOf(found, client, claim.domain)
    const key = `${tenantId} ${claim.domain} ${source.kind} ${source.source}`
    const outcome = outcomeOf(report, step.because)
    const count = report.kind === 'refused' ? report.count : 1
    const before = this.#spoofs.get(key) ?? { accepted: 0, refused: 0, reported: 0 }
    this.#spoofs.set(key, {
      tenantId,
      domain: claim.domain,
      ...source,
      at: report.at,
      accepted: before.accepted + (outcome === 'accepted' ? count : 0),
      refused: before.refused + (outcome === 'refused' ? count : 0),
      reported: before.reported + (outcome === 'reported' ? count : 0),
      sample: sampleOf(report, { ...claim, because: step.because, outcome, found }),
    })
  }
}

type Step = AcceptedReport['explanation'][number]

/** The last word on the claim: the header's comes after the envelope's. */
function claimStep(report: AcceptedReport | RefusedReport): Step | null {
  const all =
    report.kind === 'accepted'
      ? [...report.recipients.flatMap(({ explanation }) => explanation), ...report.explanation]
      : report.explanation
  const steps = all.filter(
    ({ policy, because }) =>
      (policy === 'anti-spoofing' || policy === 'anti-spoofing-header') && CLAIM_REASONS.has(because),
  )
  return steps.find(({ because }) => because === 'spoofing') ?? steps.at(-1) ?? null
}

type ClaimSeen = { readonly sender: string; readonly domain: string; readonly basis: 'envelope' | 'header' }

function claimOf(
  report: AcceptedReport | RefusedReport,
  tenantId: string,
  tenantOfDomain: TenantOfDomain,
): ClaimSeen | null {
  for (const [basis, sender] of [
    ['header', report.author],
    ['envelope', report.reversePath],
  ] as const) {
    const domain = ownDomain(domainOf(sender), tenantId, tenantOfDomain)
    if (sender !== null && domain !== null) return { sender, domain, basis }
  }
  return null
}

function ownDomain(domain: string | null, tenantId: string, tenantOfDomain: TenantOfDomain): string | null {
  for (let name = domain ?? ''; name.includes('.'); name = name.slice(name.indexOf('.') + 1)) {
    if (tenantOfDomain(name) === tenantId) return name
  }
  return null
}

function authenticationOf({ facts }: AcceptedReport | RefusedReport): AuthenticationFact | null {
  return facts.authentication?.kind === 'known' ? facts.authentication.value : null
}

function signersOf(found: AuthenticationFact | null): readonly string[] {
  return [
    ...new Set((found?.dkim ?? []).filter(({ result }) => result === 'pass').map(({ domain }) => domain)),
  ]
}

/** What a service is recognised by, the surest first: who signed, its host's organisation, its network. */
function sourceOf(
  found: AuthenticationFact | null,
  client: { readonly ip: string; readonly name: string | null },
  ownDomain: string,
): Pick<SpoofNote, 'kind' | 'source'> {
  const signer = signersOf(found).find((name) => name !== ownDomain && !name.endsWith(`.${ownDomain}`))
  if (signer !== undefined) return { kind: 'dkim', source: registrableDomainOf(signer) }
  if (client.name !== null) return { kind: 'host', source: registrableDomainOf(client.name.toLowerCase()) }
  return { kind: 'network', source: networkOf(client.ip) }
}

/** The /24 or /64 of an address, as CIDR. */
export function networkOf(ip: string): string {
  const parsed = parseIp(ip)
  if (!parsed.ok) return ip
  const { family, bytes } = parsed.value
  if (family === 4) return `${[...bytes.slice(0, 3)].join('.')}.0/24`
  const groups = [0, 2, 4, 6].map((at) => ((bytes[at]! << 8) | bytes[at + 1]!).toString(16))
  return `${groups.join(':')}::/64`
}

function outcomeOf(report: AcceptedReport | RefusedReport, because: string): SpoofSample['outcome'] {
  if (report.kind === 'refused') return report.outcome === 'refused' ? 'refused' : 'deferred'
  return because === 'spoofing-reported' ? 'reported' : 'accepted'
}

function sampleOf(
  report: AcceptedReport | RefusedReport,
  seen: ClaimSeen & {
    readonly because: string
    readonly outcome: SpoofSample['outcome']
    readonly found: AuthenticationFact | null
  },
): SpoofSample {
  const { found, domain: _domain, ...rest } = seen
  const recipient =
    report.kind === 'refused' ? report.forwardPath : (report.recipients[0]?.forwardPath ?? null)
  return {
    ...rest,
    messageId: report.id,
    reversePath: report.reversePath,
    recipient,
    ip: report.client?.ip ?? '',
    hostName: report.client?.name ?? null,
    signers: signersOf(found),
    spf: found?.spf ?? 'none',
    spfDomain: found?.spfDomain ?? '',
    dmarc: found?.dmarc.result ?? 'none',
  }
}
