// What Connect wants to know of mail that passes: first messages, when addresses sent last, and who was
// refused relay.
import type { AcceptedReport, Report } from '#link/reports.ts'
import { type AuthorSeen, authorsSeenIn } from '../first-contact/seen.ts'
import { type HeldNotes, heldIn } from '../hold/notes.ts'
import { type InfectedNote, infectedIn } from '../outbound/infected-note.ts'
import type { OutboundUse } from '../outbound/uses.ts'
import { addVolume, HOUR_MS, type SenderVolume, volumesIn } from '../outbound/volume.ts'
import { type CorrespondenceNotes, correspondenceIn } from '../sender/correspondence-notes.ts'
import { type SenderUse, senderUsesIn } from '../sender/uses.ts'
import { DAY_MS } from './days.ts'
import { type ProtectionNotes, ProtectionNoteTaker } from './protection-notes.ts'
import { decidingReason, domainOf, type TenantOfDomain } from './rows.ts'

export type MailNotes = {
  readonly protection?: ProtectionNotes | undefined
  /** Entries of users' lists that decided something, at most once a day each (decisions 30). */
  readonly senders?: readonly SenderUse[] | undefined
  /** Whose answers accepted outbound mail permits (S4). */
  readonly correspondence?: CorrespondenceNotes | undefined
  /** Authors to be remembered (F4). */
  readonly authors?: readonly AuthorSeen[] | undefined
  /** Mail that is held for a person, and what was decided about it (H3). */
  readonly heldMail?: HeldNotes | undefined
  /** First outbound message of a tenant, and when its addresses sent, at most once a day each. */
  readonly outbound: readonly {
    readonly tenantId: string
    readonly ip: string | null
    readonly at: number
    readonly messageId: string
  }[]
  /** What senders of outbound mail sent in this batch (6.8). */
  readonly volumes?: readonly SenderVolume[] | undefined
  /** Malware that was refused on its way out. */
  readonly infected?: readonly InfectedNote[] | undefined
  /** Logins, clouds and forwarding addresses that were used, at most once a day each. */
  readonly outboundUses?: readonly OutboundUse[] | undefined
  readonly inbound: readonly {
    readonly tenantId: string
    readonly domain: string
    readonly at: number
    readonly messageId: string
  }[]
  readonly refused: readonly {
    readonly tenantId: string
    readonly address: string
    readonly domain: string
    readonly at: number
    readonly count: number
  }[]
}

/** Keys remembered; forgetting one only causes a note that was given before. */
const REMEMBERED_MAX = 50_000

/** Collects the notes of one batch. Remembers what it told, so that busy days cost nothing. */
export class NoteTaker {
  readonly #told = new Set<string>()
  readonly #protection = new ProtectionNoteTaker()
  #senders: SenderUse[] = []
  #made: CorrespondenceNotes['made'][number][] = []
  #bad: CorrespondenceNotes['bad'][number][] = []
  #held: CorrespondenceNotes['held'][number][] = []
  #authors: AuthorSeen[] = []
  #heldMail: HeldNotes['held'][number][] = []
  #heldOutcomes: HeldNotes['outcomes'][number][] = []
  #outbound: MailNotes['outbound'][number][] = []
  #inbound: MailNotes['inbound'][number][] = []
  #volumes = new Map<string, SenderVolume>()
  #infected = new Map<string, InfectedNote>()
  #uses: OutboundUse[] = []
  #refused = new Map<string, MailNotes['refused'][number]>()

  note(report: Report, tenantOfDomain: TenantOfDomain): void {
    this.#protection.note(report, tenantOfDomain)
    const written = correspondenceIn(report)
    if (written !== null) {
      this.#made.push(...(written.made ?? []))
      this.#bad.push(...(written.bad ?? []))
      this.#held.push(...(written.held ?? []))
    }
    this.#authors.push(...authorsSeenIn(report))
    const heldMail = heldIn(report)
    if (heldMail !== null) {
      this.#heldMail.push(...(heldMail.held ?? []))
      this.#heldOutcomes.push(...(heldMail.outcomes ?? []))
    }
    for (const use of senderUsesIn(report)) {
      const day = Math.floor(use.at / DAY_MS)
      if (this.#isNew(`use ${use.tenantId} ${use.id} ${day}`)) this.#senders.push(use)
    }
    if (report.kind === 'refused') {
      this.#noteRefusal(report, tenantOfDomain)
    } else if (report.kind === 'accepted' && report.origin === 'smtp') {
      const { tenantId, at, id: messageId } = report
      const ip = report.client?.ip ?? null
      this.#noteForwardings(report)
      if (report.direction === 'outbound') {
        this.#noteSender(report)
        if (this.#isNew(`out ${tenantId} ${ip} ${Math.floor(at / DAY_MS)}`))
          this.#outbound.push({ tenantId, ip, at, messageId })
        return
      }
      for (const { forwardPath } of report.recipients) {
        const domain = domainOf(forwardPath)
        if (domain && this.#isNew(`in ${tenantId} ${domain}`))
          this.#inbound.push({ tenantId, domain, at, messageId })
      }
    }
  }

  /** Hands over what was noted since the last call. */
  take(): MailNotes {
    const notes = {
      protection: this.#protection.take(),
      senders: this.#senders,
      correspondence: { made: this.#made, bad: this.#bad, held: this.#held },
      authors: this.#authors,
      heldMail: { held: this.#heldMail, outcomes: this.#heldOutcomes },
      outbound: this.#outbound,
      inbound: this.#inbound,
      volumes: [...this.#volumes.values()],
      infected: [...this.#infected.values()],
      outboundUses: this.#uses,
      refused: [...this.#refused.values()],
    }
    this.#senders = []
    this.#made = []
    this.#bad = []
    this.#held = []
    this.#authors = []
    this.#heldMail = []
    this.#heldOutcomes = []
    this.#outbound = []
    this.#inbound = []
    this.#volumes = new Map()
    this.#infected = new Map()
    this.#uses = []
    this.#refused = new Map()
    return notes
  }

  /** What was told may not have been kept: tell it again. */
  forget(): void {
    this.#told.clear()
    this.#protection.forget()
  }

  #noteRefusal(report: Extract<Report, { kind: 'refused' }>, tenantOfDomain: TenantOfDomain): void {
    const infected = infectedIn(report)
    if (infected !== null) this.#infected.set(`${infected.tenantId} ${infected.identity}`, infected)
    if (decidingReason(report) !== 'address-not-authorized') return
    const domain = domainOf(report.reversePath)
    const tenantId = domain === null ? undefined : tenantOfDomain(domain)
    if (domain === null || tenantId === undefined) return
    const key = `${report.client.ip} ${domain}`
    const count = (this.#refused.get(key)?.count ?? 0) + report.count
    this.#refused.set(key, { tenantId, address: report.client.ip, domain, at: report.at, count })
  }

  #noteSender(report: AcceptedReport): void {
    const { tenantId, at, client, credentialId, author } = report
    const day = Math.floor(at / DAY_MS)
    for (const volume of volumesIn(report)) {
      const key = `${volume.tenantId} ${volume.kind} ${volume.identity} ${Math.floor(at / HOUR_MS)}`
      this.#volumes.set(key, addVolume(this.#volumes.get(key), volume))
    }
    if (credentialId !== undefined && this.#isNew(`login ${tenantId} ${credentialId} ${day}`)) {
      this.#uses.push({ kind: 'credential', tenantId, id: credentialId, at, address: client?.ip ?? null })
    }
    const relay = report.recipients[0]?.facts.relay
    const provider = relay?.kind === 'known' ? relay.value.cloud?.provider : undefined
    if (provider !== undefined && author !== null && this.#isNew(`cloud ${tenantId} ${provider} ${day}`)) {
      this.#uses.push({ kind: 'cloud', tenantId, id: provider, at, address: client?.ip ?? null })
    }
  }

  #noteForwardings({ tenantId, at, recipients }: AcceptedReport): void {
    for (const { forwarded } of recipients) {
      if (
        forwarded === undefined ||
        !this.#isNew(`fwd ${tenantId} ${forwarded.id} ${Math.floor(at / DAY_MS)}`)
      )
        continue
      this.#uses.push({ kind: 'forwarding', tenantId, id: forwarded.id, at, address: null })
    }
  }

  #isNew(key: string): boolean {
    if (this.#told.has(key)) return false
    if (this.#told.size >= REMEMBERED_MAX) this.#told.clear()
    this.#told.add(key)
    return true
  }
}
