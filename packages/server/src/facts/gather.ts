// Finds out facts for one decision: from the pinned settings, the replica, SPF and the header.
import { addressKey, type Mailbox } from '@gatepost/mail/address.ts'
import type { ReversePath } from '@gatepost/mail/path.ts'
import type { Gather } from '#policy/decide.ts'
import {
  type Fact,
  type FactName,
  type Facts,
  known,
  type RecipientFact,
  type RelayFact,
  type RelayProof,
  type SenderFact,
  unknown,
} from '#policy/facts.ts'
import { needsList } from '#policy/recipient-validation.ts'
import type { CloudProvider, TenantSettings } from '#policy/settings.ts'
import type { AuthenticationFactOf, SpfFact } from './authentication.ts'
import type { ClientNamesFact } from './client.ts'
import { firstContactFact } from './first-contact.ts'
import type { GreylistFact } from './greylist/greylist.ts'
import type { HeaderFacts } from './header-facts.ts'
import { impersonationFact } from './impersonation.ts'
import { listedSpfFact } from './listed-spf.ts'
import { managedSenderFact } from './managed-sender.ts'
import { type CloudProof, relayProofFact } from './relay-proof.ts'
import type { Screening } from './screening/screening.ts'
import type { AskMailHost, CallForwardFact, Directory, Holder } from './sources.ts'

/** What facts are found out from. A field that a stage does not have yet is null. */
export type FactContext = {
  readonly holder: Holder
  readonly directory: Directory
  readonly relay: RelayFact | null
  readonly reversePath: ReversePath
  readonly forwardPath: Mailbox | null
  /** Unix milliseconds. */
  readonly now: number
  /** Settings of the tenant that the relay rule found. */
  readonly settings: TenantSettings | null
  readonly lookUps: LookUps
  /** Null where nobody keeps a greylist. */
  readonly greylist?: (() => GreylistFact | Promise<GreylistFact>) | null
  readonly header: HeaderFacts | null
  /** The recipient is a reverse-path of ours for forwarded mail (SRS). */
  readonly isReturned?: boolean | undefined
  /** Ids of forwarding addresses that the recipients are. */
  readonly forwardings?: readonly string[] | undefined
  /** Who sends it; left out where nobody counts. */
  readonly sender?: (() => Fact<SenderFact>) | undefined
  /**
   * What a message from a shared cloud proved; null for other outbound mail, left out for mail from outside.
   */
  readonly proof?: { readonly provider: CloudProvider; readonly proof: CloudProof } | null | undefined
}

/** What may have to be waited for. Each begins when a policy first needs it, and is found out once. */
export type LookUps = {
  spf(): SpfFact | Promise<SpfFact>
  /** The address these are asked for. */
  readonly clientIp: string
  /** SPF of a domain that a rule lists, as if it were the sender's. */
  spfOf(domain: string): SpfFact | Promise<SpfFact>
  /** Asks the mail host of a recipient; unknown where nobody can. */
  callForward: AskMailHost
  clientNames(): ClientNamesFact | Promise<ClientNamesFact>
  /** Unknown before the content is here. */
  authentication(): AuthenticationFactOf | Promise<AuthenticationFactOf>
  /** What is inside the content; each part of it begins when it is first asked for. */
  screening(): Screening
}

/** Makes the gatherer of one decision. Everything but the look-ups answers at once. */
export function gatherFrom(context: FactContext): Gather {
  const find = (name: FactName): Fact<Facts[FactName]> | Promise<Fact<Facts[FactName]>> => {
    switch (name) {
      case 'relay':
        return context.relay ? known(context.relay) : unknown('no recipient yet')
      case 'recipient':
        return recipientFact(context)
      case 'spf':
        return context.lookUps.spf()
      case 'clientNames':
        return context.lookUps.clientNames()
      case 'authentication':
        return context.lookUps.authentication()
      case 'greylist':
        return context.greylist?.() ?? unknown('there is no greylist here')
      case 'managedSender':
        return managedSenderFact(context)
      case 'listedSpf':
        return listedSpfFact(context)
      case 'callForward':
        return callForwardFact(context)
      case 'impersonation':
        return impersonationFact(context)
      case 'firstContact':
        return firstContactFact(context)
      case 'hops':
        return context.header ? hopsFact(context.header, context.forwardings) : unknown('no header yet')
      case 'author':
        return authorFact(context)
      case 'relayProof':
        return proofFact(context)
      case 'virus':
        return context.lookUps.screening().virus()
      case 'attachments':
        return context.lookUps.screening().attachments()
      case 'spam':
        return context.lookUps.screening().spam()
      case 'sender':
        return context.sender?.() ?? unknown('nobody counts senders here')
    }
  }
  return find as Gather
}

/** Where a transaction may go, from the client's address and the domains of both paths (decisions 1). */
export function relayFact(
  directory: Directory,
  transaction: {
    readonly clientIp: string
    readonly reversePath: ReversePath
    readonly forwardPath: Mailbox
    /** Of a session that signed in. */
    readonly authorizedFor?: readonly string[] | undefined
  },
): RelayFact {
  const { clientIp, reversePath, forwardPath } = transaction
  const authorizedFor = transaction.authorizedFor ?? directory.authorizedFor(clientIp)
  const reversePathTenant = reversePath === null ? null : directory.tenantOfDomain(reversePath.domain)
  const forwardPathTenant = directory.tenantOfDomain(forwardPath.domain)
  const provider = authorizedFor.length === 0 ? directory.cloudOf(clientIp) : null
  const common = { authorizedFor, reversePathTenant, forwardPathTenant }
  if (provider === null) return common
  const isReversePathTenants = reversePathTenant !== null && directory.usesCloud(reversePathTenant, provider)
  return { ...common, cloud: { provider, isReversePathTenants } }
}

/** Mail from outside: nothing is to be proven, and its header is not searched. */
const NOT_RELAYED: Fact<RelayProof> = known({ kind: 'not-needed', isReversePathForeign: false, resent: null })
const RETURNED: Fact<RecipientFact> = known({ listed: true, source: 'forwarded mail', isReturned: true })
const NOT_LISTED: Fact<RecipientFact> = known({ listed: false, source: null })

/** The replica is only asked where its answer counts, so that trouble with it cannot stop other mail. */
function recipientFact({ holder, forwardPath, settings, isReturned }: FactContext): Fact<RecipientFact> {
  if (isReturned === true) return RETURNED
  if (!forwardPath || !settings) return NOT_LISTED
  const domain = settings.domains.find(({ name }) => name === forwardPath.domain)
  if (!domain || !needsList(domain)) return NOT_LISTED
  return holder.recipientOf(settings.tenantId, addressKey(forwardPath))
}

/** Asks the mail host; the null reverse-path where the domain says so. */
function callForwardFact(context: FactContext): CallForwardFact | Promise<CallForwardFact> {
  const { settings, forwardPath, reversePath, lookUps } = context
  const domain = settings?.domains.find(({ name }) => name === forwardPath?.domain)
  if (!settings || !forwardPath || !domain) return unknown('no recipient yet')
  const isNull = domain.callForward?.sender === 'null'
  return lookUps.callForward({ settings, forwardPath, reversePath: isNull ? null : reversePath })
}

/** Without a pending proof it is only asked who passed the message on. */
function proofFact({ directory, header, reversePath, settings, proof }: FactContext): Fact<RelayProof> {
  if (!header) return unknown('no header yet')
  if (proof === undefined) return NOT_RELAYED
  const tenantId = settings?.tenantId ?? null
  const isTenantDomain = (domain: string): boolean =>
    tenantId !== null && directory.tenantOfDomain(domain) === tenantId
  return known(relayProofFact({ reversePath, isTenantDomain, fields: header.fields, cloud: proof }))
}

function hopsFact(
  { received, ownLoops, forwardedBy }: HeaderFacts,
  forwardings: readonly string[] = [],
): Fact<Facts['hops']> {
  const again = forwardings.find((id) => forwardedBy.includes(id))
  return known(again === undefined ? { received, ownLoops } : { received, ownLoops, forwardedAgain: again })
}

function authorFact({ directory, header }: FactContext): Fact<Facts['author']> {
  if (!header) return unknown('no header yet')
  const domains = header.authorDomains
  const tenants = domains.map((domain) => directory.tenantOfDomain(domain))
  return known({ domains, tenants, people: header.people, replyTo: header.replyTo })
}
