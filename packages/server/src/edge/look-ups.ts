// What a transaction's decisions may have to wait for: SPF, client names and the authentication of the
// content, each begun once and only for mail from outside.
import { formatMailbox } from '@gatepost/mail/address.ts'
import { splitMessage } from '@gatepost/mail/header.ts'
import type { BodyTap } from '#authentication/authenticator.ts'
import {
  type AuthenticationFactOf,
  authenticationFact,
  NOT_JUDGED,
  NOT_JUDGED_SPF,
  type SpfFact,
  spfFact,
} from '#facts/authentication.ts'
import type { LookUps } from '#facts/gather.ts'
import { type HeaderFacts, readHeaderFacts } from '#facts/header-facts.ts'
import { NOT_SCREENED, type Screening } from '#facts/screening/screening.ts'
import { unknown } from '#policy/facts.ts'
import type { Direction } from '#policy/policy.ts'
import type { ContentSink } from './content.ts'
import type { Session } from './session.ts'
import type { Transaction } from './transaction.ts'

/** A message whose content is here. */
export type ContentToJudge = {
  readonly header: HeaderFacts
  readonly head: { readonly headerBytes: Uint8Array; readonly bodyOffset: number }
  readonly sink: ContentSink
}

/** The look-ups of one decision; several decisions about one message share one of these. */
export function lookUpsOf(
  session: Session,
  transaction: Transaction,
  at: { readonly direction: Direction | null; readonly content: ContentToJudge | null },
): LookUps {
  const { direction, content } = at
  const isOurs = direction === 'outbound'
  return {
    clientIp: session.wire.clientIp,
    spfOf: (domain) =>
      spfFact(session.edge.authenticator, {
        clientIp: session.wire.clientIp,
        helo: session.helo ?? '',
        reversePath: { localPart: 'postmaster', domain },
      }),
    callForward: session.edge.callForward,
    spf: () => (isOurs ? NOT_JUDGED_SPF : askSpf(session, transaction)),
    clientNames: () => session.edge.clientNames.names(session.wire.clientIp),
    authentication() {
      if (isOurs) return NOT_JUDGED
      if (content === null) return unknown('no content yet')
      return authenticationOf(session, transaction, content)
    },
    screening() {
      if (content === null) return NOT_SCREENED
      transaction.screening ??= screeningOf(session, transaction, content)
      return transaction.screening
    },
  }
}

/** Begins nothing: the screener does so when a policy asks. */
function screeningOf(session: Session, transaction: Transaction, content: ContentToJudge): Screening {
  const { edge, wire } = session
  const { settings, reversePath } = transaction
  return edge.screener.screen({
    content: () => content.sink.source(),
    size: content.sink.size,
    header: { fields: content.header.fields, bodyOffset: content.head.bodyOffset },
    about: async () => ({
      tenantId: settings?.tenantId ?? '',
      clientIp: wire.clientIp,
      helo: session.helo ?? '',
      reversePath: reversePath && formatMailbox(reversePath),
      authentication: await authenticationOf(session, transaction, content),
      clientNames: await edge.clientNames.names(wire.clientIp),
      ownDomains: settings?.domains.map(({ name }) => name) ?? [],
      taught: settings?.spamTaught ?? null,
    }),
  })
}

/** SPF, DKIM and DMARC of a message, found out once. */
export function authenticationOf(
  session: Session,
  transaction: Transaction,
  content: ContentToJudge,
): AuthenticationFactOf | Promise<AuthenticationFactOf> {
  transaction.authentication ??= authenticate(session, transaction, content)
  return transaction.authentication
}

/** Begins SPF once a transaction. */
export function askSpf(session: Session, transaction: Transaction): SpfFact | Promise<SpfFact> {
  transaction.spf ??= spfFact(session.edge.authenticator, {
    clientIp: session.wire.clientIp,
    helo: session.helo ?? '',
    reversePath: transaction.reversePath,
  })
  return transaction.spf
}

/**
 * Hashes large content of mail that is not known to be ours while it comes in: it is not in memory at its
 * end. What our host passes on for outside authors is not ours either.
 */
export function tapOf(session: Session, transaction: Transaction): (head: Uint8Array) => BodyTap | null {
  const isOurs = transaction.direction === 'outbound' && transaction.pendingCloud === null
  return (head) =>
    isOurs && isAuthorOurs(session, transaction, head) ? null : session.edge.authenticator.tap(head)
}

function isAuthorOurs({ edge }: Session, { directory, settings }: Transaction, head: Uint8Array): boolean {
  const header = readHeaderFacts(splitMessage(head).headerBytes, edge.hostname)
  if (!header.ok || settings === null) return true
  return header.value.authorDomains.every((name) => directory.tenantOfDomain(name) === settings.tenantId)
}

/** At once where SPF and DMARC are remembered and nothing is signed. */
function authenticate(
  session: Session,
  transaction: Transaction,
  content: ContentToJudge,
): AuthenticationFactOf | Promise<AuthenticationFactOf> {
  const spf = askSpf(session, transaction)
  return spf instanceof Promise
    ? spf.then((found) => authenticateWith(found, session, content))
    : authenticateWith(spf, session, content)
}

function authenticateWith(
  spf: SpfFact,
  session: Session,
  { header, head, sink }: ContentToJudge,
): AuthenticationFactOf | Promise<AuthenticationFactOf> {
  const { authenticator } = session.edge
  const tap = sink.tap() ?? readThrough(authenticator.begin(header.fields, head.bodyOffset), sink)
  const question = {
    spf: spf.kind === 'known' ? spf.value : { result: 'temperror' as const, domain: '', explanation: null },
    authorDomains: header.authorDomains,
  }
  return authenticationFact(authenticator, question, tap)
}

/** Content in memory is read at its end, and only when something is signed. */
export function readThrough(tap: BodyTap | null, sink: ContentSink): BodyTap | null {
  if (tap !== null) for (const chunk of sink.chunks()) tap.write(chunk)
  return tap
}
