// The envelope of an accepted message, our trace fields on it, and its report: everything but the content.
import { formatMailbox } from '@gatepost/mail/address.ts'
import { flatText } from '@gatepost/mail/bytes.ts'
import { receivedField, receivedProtocol } from '@gatepost/mail/trace-fields.ts'
import type { HeaderFacts } from '#facts/header-facts.ts'
import type { AcceptedReport, Correspondence } from '#link/reports.ts'
import type { AuthenticationFact } from '#policy/facts.ts'
import type { Outcome } from '#policy/per-recipient.ts'
import type { Verdict } from '#policy/policy.ts'
import { isAlwaysAccepted } from '#policy/recipient-validation.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { Envelope, EnvelopeRecipient } from '#spool/spool.ts'
import { FORWARDED_FIELD, RETURNED } from './forwarding.ts'
import { trackedClient } from './refuse.ts'
import { resultsField } from './results-field.ts'
import type { Session } from './session.ts'
import type { AcceptedRecipient, Transaction } from './transaction.ts'

/** What holds each recipient; null lets it go. */
export type Held = (Outcome & { readonly kind: 'accept' })['held']

export type Judged = {
  readonly settings: TenantSettings
  readonly header: HeaderFacts
  /** By recipient, as the message's policies judged. */
  readonly verdicts: readonly Verdict[]
  readonly held: Held
  readonly clientName: string | null
  /** Results field of what a host passes on for outside authors; left out and '' for all other mail. */
  readonly resent?: string
}

/** What the spool keeps beside the content. */
export function envelopeOf(
  session: Session,
  transaction: Transaction,
  judged: Judged & { readonly id: string; readonly size: number },
): Envelope {
  const { reversePath, parameters, recipients } = transaction
  const { verdicts, settings } = judged
  const receivedAt = session.edge.clock.now()
  const found = verdicts.find(({ facts }) => facts.authentication)?.facts.authentication ?? null
  const direction = transaction.direction ?? 'inbound'
  const results = direction === 'inbound' && found?.kind === 'known' ? found.value : null
  return {
    id: judged.id,
    tenantId: settings.tenantId,
    direction,
    reversePath: reversePath && formatMailbox(reversePath),
    parameters: {
      body: parameters.body ?? '7BIT',
      smtpUtf8: parameters.smtpUtf8,
      requireTls: parameters.requireTls,
      ret: parameters.ret,
      envelopeId: parameters.envelopeId,
    },
    recipients: recipientsOf(transaction, judged),
    receivedAt,
    size: judged.size,
    traceFields: flatText(
      received(session, transaction, { ...judged, receivedAt }),
      results === null ? (judged.resent ?? '') : resultsField(session, transaction, results),
      spamField(verdicts),
      tagFields(verdicts),
      forwardedFields(recipients),
    ),
    cuts: judged.header.cuts,
    dsnAllowed: isSenderInternal(transaction, settings) || (reversePath !== null && isVouchedFor(results)),
    ...(judged.header.tlsOptional ? { tlsOptional: true as const } : {}),
  }
}

function recipientsOf(transaction: Transaction, { settings, verdicts, held }: Judged): EnvelopeRecipient[] {
  const found: EnvelopeRecipient[] = []
  for (const recipient of transaction.recipients) {
    const index = found.length
    const verdict = verdicts[index]
    const { forwardPath, originalRecipient, forwarded } = destinationOf(recipient, settings)
    const why = held[index] ?? null
    const one: Writable<EnvelopeRecipient> = {
      index,
      forwardPath,
      originalRecipient,
      notify: recipient.parameters.notify,
      state: why === null ? 'queued' : 'held',
    }
    if (forwarded !== undefined) one.forwarded = forwarded
    if (why !== null) one.heldBecause = heldBecause(why, verdict?.by ?? recipient.verdict.by)
    const mark = firstContactOf(verdict)
    if (mark !== undefined) one.firstContact = mark
    if (transaction.isJournal) one.archive = 'journal'
    else if (transaction.isReport) one.archive = 'report'
    found.push(one)
  }
  if (settings.archiving === true && !endsHere(transaction)) found.push(archiveAt(found.length))
  return found
}

/** Filled member by member: copies of parts that are nearly always empty cost more than the rest of it. */
type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

type Destination = Pick<EnvelopeRecipient, 'forwardPath' | 'originalRecipient' | 'forwarded'>

/** Journal mail and reports are for the gateway itself. */
function endsHere({ isJournal, isReport }: Transaction): boolean {
  return isJournal || isReport
}

/** One recipient more, that control takes over the link: nobody outside hears of it. */
function archiveAt(index: number): EnvelopeRecipient {
  return {
    index,
    forwardPath: 'archive',
    originalRecipient: null,
    notify: ['NEVER'],
    state: 'queued',
    archive: 'gateway',
  }
}

/** Mail for postmaster and abuse goes to the person named for it; tracking and ORCPT keep who was meant. */
function destinationOf(
  { forwardPath, parameters, forwarded }: AcceptedRecipient,
  settings: TenantSettings,
): Destination {
  if (forwarded !== null) {
    const { id, to, reversePath } = forwarded
    const asSent = formatMailbox(forwardPath)
    return {
      forwardPath: formatMailbox(to),
      originalRecipient: parameters.originalRecipient ?? `rfc822;${asSent}`,
      forwarded: { id, reversePath: reversePath && formatMailbox(reversePath) },
    }
  }
  const { postmaster, domains } = settings
  const isOurs = domains.some(({ name }) => name === forwardPath.domain)
  const meant = formatMailbox(forwardPath)
  if (postmaster === null || !isOurs || !isAlwaysAccepted(forwardPath)) {
    return { forwardPath: meant, originalRecipient: parameters.originalRecipient }
  }
  return { forwardPath: postmaster, originalRecipient: parameters.originalRecipient ?? `rfc822;${meant}` }
}

/** What control learns of the message; rides in the spool's transaction. */
export function acceptedReport(
  session: Session,
  transaction: Transaction,
  judged: Judged & { readonly envelope: Envelope; readonly correspondence: Correspondence | null },
): AcceptedReport {
  const { envelope, header, verdicts, held, settings, correspondence } = judged
  const common = verdicts[held.findIndex((why) => why === null || why === 'by-policy')] ?? verdicts[0]!
  const report: Writable<AcceptedReport> = {
    kind: 'accepted',
    id: envelope.id,
    at: envelope.receivedAt,
    tenantId: envelope.tenantId,
    direction: envelope.direction,
    origin: 'smtp',
    client: trackedClient(session),
    reversePath: envelope.reversePath,
    author: header.authors[0] ?? null,
    subject: header.subject,
    messageIdField: header.messageIdField,
    size: envelope.size,
    recipients: transaction.recipients.map((recipient, index) => {
      const { forwarded, verdict } = recipient
      const one: Writable<Reported> = {
        index,
        forwardPath: formatMailbox(recipient.forwardPath),
        explanation: verdict.explanation,
        facts: verdict.facts,
      }
      if (forwarded !== null) one.forwarded = { id: forwarded.id, to: formatMailbox(forwarded.to) }
      if (verdicts[index] !== common) one.message = ownVerdict(verdicts[index]!)
      if (held[index] != null) one.held = held[index]
      return one
    }),
    explanation: common.explanation,
    facts: common.facts,
    verdict: common.kind,
    settingsRevision: settings.revision,
  }
  if (session.credential !== null) report.credentialId = session.credential.id
  if (correspondence !== null) report.correspondence = correspondence
  return report
}

type Reported = AcceptedReport['recipients'][number]

function heldBecause(held: NonNullable<Held[number]>, by: Verdict['by']): string {
  const why = held === 'by-policy' ? 'held' : held.replaceAll('-', ' ')
  return by === null ? why : `${why}: ${by}`
}

/** Told once a message where it is the same for all. */
function ownVerdict({ kind, explanation, facts }: Verdict): Reported['message'] {
  return { verdict: kind, explanation, facts }
}

/** What a loop is recognised by; the ids tell no address. */
function forwardedFields(recipients: readonly AcceptedRecipient[]): string {
  if (recipients.every(({ forwarded }) => forwarded === null)) return ''
  const ids = recipients.flatMap(({ forwarded }) =>
    forwarded && forwarded.id !== RETURNED ? forwarded.id : [],
  )
  return [...new Set(ids)].map((id) => `${FORWARDED_FIELD}: ${id}\r\n`).join('')
}

/** The score for rules of the mail host and of readers; known senders were not scored and get none. */
function spamField(verdicts: readonly Verdict[]): string {
  for (const { facts } of verdicts) {
    const { spam } = facts
    if (spam?.kind === 'known') {
      return `X-Gatepost-Spam: ${spam.value.score.toFixed(1)} (${spam.value.engine})\r\n`
    }
  }
  return ''
}

/** Our own field for each tag: body and signed fields stay as they came. Recipients share one content. */
function tagFields(verdicts: readonly Verdict[]): string {
  if (verdicts.every(({ effects }) => effects === undefined)) return ''
  const effects = verdicts.flatMap((verdict) => verdict.effects ?? [])
  const tags = new Set(effects.flatMap((effect) => (effect.kind === 'tag' ? effect.text : [])))
  return [...tags].map((text) => `X-Gatepost-Tag: ${text}\r\n`).join('')
}

/** Whose first contact it is, is told to each recipient alone. */
function firstContactOf(verdict: Verdict | undefined): EnvelopeRecipient['firstContact'] {
  if (verdict?.effects === undefined) return undefined
  for (const effect of verdict.effects) {
    if (effect.kind === 'first-contact') return { banner: effect.banner, warns: effect.warns }
  }
  return undefined
}

function received(
  session: Session,
  { recipients, parameters }: Transaction,
  message: { readonly id: string; readonly clientName: string | null; readonly receivedAt: number },
): string {
  const { edge, wire } = session
  return receivedField({
    helo: session.helo ?? '',
    clientName: message.clientName,
    clientIp: wire.clientIp,
    by: edge.hostname,
    protocol: receivedProtocol({
      extended: session.isExtended,
      tls: wire.tls !== null,
      auth: session.credential !== null,
      smtpUtf8: parameters.smtpUtf8,
    }),
    tlsVersion: wire.tls?.version ?? null,
    tlsCipher: wire.tls?.cipher ?? null,
    id: message.id,
    // More than one would tell who else got a blind copy (RFC 5321 §7.2).
    forMailbox: recipients.length === 1 ? recipients[0]!.forwardPath : null,
    at: message.receivedAt,
  })
}

/** What a host of the tenant passes on may have somebody else's reverse-path, which proved nothing here. */
function isSenderInternal(
  { direction, reversePath, directory }: Transaction,
  { tenantId }: TenantSettings,
): boolean {
  if (direction !== 'outbound' || reversePath === null) return false
  return directory.tenantOfDomain(reversePath.domain) === tenantId
}

/** A bounce goes only where SPF passed, or an aligned signature or DMARC did (decisions 12). */
function isVouchedFor(results: AuthenticationFact | null): boolean {
  if (results === null) return false
  const isSigned = results.dkim.some(({ result, aligned }) => result === 'pass' && aligned)
  return results.spf === 'pass' || results.dmarc.result === 'pass' || isSigned
}
