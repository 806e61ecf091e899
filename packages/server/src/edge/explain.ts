// Answers "what would happen to this message" with real facts and the settings of now (P5). Nothing is
// recorded: no report, no counter, no greylist entry.
import { domainToASCII } from 'node:url'
import { formatMailbox, type Mailbox, mailboxOf } from '@gatepost/mail/address.ts'
import { splitMessage } from '@gatepost/mail/header.ts'
import type { ReversePath } from '@gatepost/mail/path.ts'
import { authenticationFact, NOT_JUDGED, NOT_JUDGED_SPF, spfFact } from '#facts/authentication.ts'
import { type FactContext, gatherFrom, type LookUps, relayFact } from '#facts/gather.ts'
import { type HeaderFacts, readHeaderFacts } from '#facts/header-facts.ts'
import { cloudProofOf } from '#facts/relay-proof.ts'
import { NOT_SCREENED, type Screening } from '#facts/screening/screening.ts'
import type { Directory } from '#facts/sources.ts'
import type { Explained, ExplainOrder } from '#link/explain-orders.ts'
import { decide } from '#policy/decide.ts'
import { type RelayFact, unknown } from '#policy/facts.ts'
import { messagePolicies, rcptPolicies, unprovenMessagePolicies } from '#policy/order.ts'
import type { PolicyTransaction } from '#policy/policy.ts'
import { type RelayWay, relayOf } from '#policy/relay.ts'
import type { TenantSettings } from '#policy/settings.ts'
import type { Edge } from './edge.ts'
import { forwardedOf, forwardingStep, RETURNED } from './forwarding.ts'
import { ownerIn } from './shared-address.ts'

type Parts = Pick<
  Edge,
  | 'holder'
  | 'clock'
  | 'hostname'
  | 'authenticator'
  | 'clientNames'
  | 'callForward'
  | 'greylist'
  | 'screener'
  | 'secrets'
>

/** As edges read envelopes. */
const ENVELOPE = { toAscii: domainToASCII, allowUnderscore: true }

/** Rejects with a sentence where the question cannot be asked of this organisation. */
export async function explain(order: ExplainOrder, edge: Parts): Promise<Explained> {
  const directory = edge.holder.current()
  if (directory === null) throw new Error('the settings are not here yet')
  const forwardPath = mailboxOf(order.forwardPath, ENVELOPE)
  const reversePath = order.reversePath === null ? null : mailboxOf(order.reversePath, ENVELOPE)
  if (forwardPath === null) throw new Error('the recipient is no address')
  if (reversePath === null && order.reversePath !== null) throw new Error('the sender is no address')
  const relay = relayFact(directory, { clientIp: order.clientIp, reversePath, forwardPath })
  const content = contentOf(order, edge.hostname)
  const allowed = wayOf(order, { relay, reversePath, header: content?.header ?? null, directory })
  const settings = allowed && withDraft(directory.settings(allowed.tenantId ?? order.tenantId), order)
  const direction = allowed?.direction ?? null
  const transaction: PolicyTransaction = {
    clientIp: order.clientIp,
    helo: order.helo,
    reversePath,
    forwardPath,
    tenantId: settings?.tenantId ?? null,
    direction,
    now: edge.clock.now(),
  }
  const lookUps = lookUpsOf(edge, transaction, { content, settings })
  const context = contextOf(edge, { directory, settings, transaction, lookUps })
  const forwarded = settings && forwardedOf(edge, { settings, directory, forwardPath, reversePath })
  const isReturned = forwarded?.id === RETURNED
  const judged = await decide(rcptPolicies, {
    transaction,
    settings,
    gather: gatherFrom({ ...context, relay, header: null, isReturned }),
  })
  const goesOn = forwarded === null || judged.reply !== null ? [] : [forwardingStep(forwarded, reversePath)]
  const rcpt = { ...judged, explanation: [...judged.explanation, ...goesOn] }
  const found = { kind: 'explain', direction, revision: settings?.revision ?? null, rcpt } as const
  if (rcpt.reply !== null || content === null) return { ...found, message: null, fault: null }
  if (content.header === null) return { ...found, message: null, fault: content.fault }
  const outside: PolicyTransaction = { ...transaction, direction: 'inbound' }
  const asOutside = lookUpsOf(edge, outside, { content, settings })
  const proof =
    direction === 'outbound'
      ? await proofIn(content.header, { relay, allowed, lookUps: asOutside, directory })
      : undefined
  if (proof?.proof.kind === 'proven' && proof.proof.tenantId !== order.tenantId) throw new Error(NOT_THEIRS)
  // As at the end of data: what proves nothing and is for the organisation itself comes from outside.
  const isTakenAsInbound = proof?.proof.kind === 'unproven' && isFor(settings, forwardPath)
  const gather = gatherFrom({
    ...(isTakenAsInbound
      ? contextOf(edge, { directory, settings, transaction: outside, lookUps: asOutside })
      : context),
    relay: null,
    header: content.header,
    proof,
    forwardings: forwarded === null ? [] : [forwarded.id],
  })
  const message = isTakenAsInbound
    ? await decide(unprovenMessagePolicies, { transaction: outside, settings, gather })
    : await decide(messagePolicies, { transaction, settings, gather })
  return { ...found, ...(isTakenAsInbound && { direction: 'inbound' as const }), message, fault: null }
}

const NOT_THEIRS = 'this message would not belong to this organisation'

/** Throws where it would be another organisation's mail: that is nobody else's business. */
function wayOf(
  { tenantId }: ExplainOrder,
  about: {
    readonly relay: RelayFact
    readonly reversePath: ReversePath
    readonly header: HeaderFacts | null
    readonly directory: Directory
  },
): RelayWay | null {
  const { relay, reversePath, header, directory } = about
  const { authorizedFor: authorized } = relay
  const way = relayOf(relay, reversePath === null)
  if (way === null || way.tenantId === null) return way
  const isForward = way.pending === 'forward'
  // Of an address that several authorised, the content tells; what it does not tell is anybody's to ask.
  const isOpen = way.direction === 'outbound' && (reversePath === null || isForward)
  const isShared = isOpen && authorized.length > 1 && authorized.includes(tenantId)
  const named = isShared && header ? ownerIn(header, { directory, reversePath, isForward, authorized }) : null
  const owner = isShared ? (named ?? tenantId) : way.tenantId
  if (owner !== tenantId) throw new Error(NOT_THEIRS)
  return { ...way, tenantId }
}

function isFor(settings: TenantSettings | null, { domain }: Mailbox): boolean {
  return settings?.domains.some(({ name }) => name === domain) ?? false
}

/** What a message from a shared cloud would prove; only then its signatures are looked at. */
async function proofIn(
  { fields }: HeaderFacts,
  at: {
    readonly relay: RelayFact
    readonly allowed: RelayWay | null
    readonly lookUps: LookUps
    readonly directory: Directory
  },
): Promise<FactContext['proof']> {
  const { relay, allowed, lookUps, directory } = at
  const provider = allowed?.pending === 'cloud' ? relay.cloud?.provider : undefined
  if (provider === undefined) return null
  const { reversePathTenant } = relay
  const authentication = () => lookUps.authentication()
  const proof = await cloudProofOf({ provider, fields, directory, reversePathTenant, authentication })
  return { provider, proof }
}

/** The settings as they would be with the draft. */
function withDraft(settings: TenantSettings | null, { draft }: ExplainOrder): TenantSettings | null {
  if (settings === null || draft === null) return settings
  return { ...settings, rules: [...(settings.rules ?? []).filter(({ id }) => id !== draft.id), draft] }
}

type Content = {
  readonly bytes: Uint8Array
  readonly bodyOffset: number
  readonly header: HeaderFacts | null
  readonly fault: string | null
}

function contentOf({ content }: ExplainOrder, hostname: string): Content | null {
  if (content === null) return null
  const bytes = new Uint8Array(Buffer.from(content, 'base64'))
  const { headerBytes, bodyOffset } = splitMessage(bytes)
  const read = readHeaderFacts(headerBytes, hostname)
  return { bytes, bodyOffset, header: read.ok ? read.value : null, fault: read.ok ? null : read.fault }
}

function lookUpsOf(
  edge: Parts,
  transaction: PolicyTransaction,
  { content, settings }: { readonly content: Content | null; readonly settings: TenantSettings | null },
): LookUps {
  const { clientIp, helo, reversePath, direction } = transaction
  const isOurs = direction === 'outbound'
  const spf = () => (isOurs ? NOT_JUDGED_SPF : spfFact(edge.authenticator, { clientIp, helo, reversePath }))
  let screening: Screening | null = null
  const lookUps: LookUps = {
    clientIp,
    spf,
    spfOf: (domain) =>
      spfFact(edge.authenticator, { clientIp, helo, reversePath: { localPart: 'postmaster', domain } }),
    callForward: edge.callForward,
    clientNames: () => edge.clientNames.names(clientIp),
    async authentication() {
      if (isOurs) return NOT_JUDGED
      if (content?.header == null) return unknown('no content')
      const found = await spf()
      const tap = edge.authenticator.begin(content.header.fields, content.bodyOffset)
      tap?.write(content.bytes)
      const known =
        found.kind === 'known' ? found.value : { result: 'temperror' as const, domain: '', explanation: null }
      return authenticationFact(
        edge.authenticator,
        { spf: known, authorDomains: content.header.authorDomains },
        tap,
      )
    },
    screening() {
      if (content === null) return NOT_SCREENED
      screening ??= edge.screener.screen({
        content: () => ({ kind: 'memory', chunks: [content.bytes] }),
        size: content.bytes.length,
        about: async () => ({
          tenantId: transaction.tenantId ?? '',
          clientIp,
          helo,
          reversePath: reversePath && formatMailbox(reversePath),
          authentication: await lookUps.authentication(),
          clientNames: await edge.clientNames.names(clientIp),
          ownDomains: settings?.domains.map(({ name }) => name) ?? [],
          taught: settings?.spamTaught ?? null,
        }),
      })
      return screening
    },
  }
  return lookUps
}

type About = {
  readonly directory: Directory
  readonly settings: TenantSettings | null
  readonly transaction: PolicyTransaction
  readonly lookUps: LookUps
}

function contextOf(
  edge: Parts,
  { directory, settings, transaction, lookUps }: About,
): Omit<FactContext, 'relay' | 'header'> {
  const { clientIp, helo, reversePath, forwardPath, now } = transaction
  const greylist = edge.greylist
  return {
    holder: edge.holder,
    directory,
    reversePath,
    forwardPath,
    now,
    settings,
    lookUps,
    greylist:
      greylist === null || settings === null || forwardPath === null
        ? null
        : () =>
            // Looking leaves nothing behind: only `note` does.
            greylist.look({
              tenantId: settings.tenantId,
              clientIp,
              clientName: edge.clientNames.knownName(clientIp),
              helo,
              reversePath,
              forwardPath,
              spf: lookUps.spf,
              clientNames: lookUps.clientNames,
            }),
  }
}
