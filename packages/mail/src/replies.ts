// The catalogue of replies we give. Texts that senders' tools recognise are those of the product we follow
// (Sisimai's list).
import type { PermanentReply, Reply, TransientReply } from './reply.ts'

/**
 * Replies by what they say. Those with something to fill in are functions. Codes: RFC 5321 §4.2.2 and
 * §4.2.3; enhanced status: RFC 3463 and its registry.
 */
export const replies = {
  greeting: (host: string): Reply => bare(220, `${host} ESMTP Gatepost`),
  /** `keywords` as announced, for instance `SIZE 209715200`. RFC 5321 §4.1.1.1. */
  ehlo: (host: string, keywords: readonly string[]): Reply => ({
    code: 250,
    status: null,
    lines: [host, ...keywords],
  }),
  helo: (host: string): Reply => bare(250, host),
  ok: reply(250, '2.0.0', 'Ok'),
  senderOk: reply(250, '2.1.0', 'Ok'),
  recipientOk: reply(250, '2.1.5', 'Ok'),
  startData: bare(354, 'End data with <CR><LF>.<CR><LF>'),
  /** RFC 3030 §2: the octets of one chunk were taken. */
  chunkOk: (octets: number): Reply => reply(250, '2.0.0', `${octets} octets received`),
  accepted: (id: string): Reply => reply(250, '2.0.0', `Ok: queued as ${id}`),
  bye: reply(221, '2.0.0', 'Bye'),
  startTls: reply(220, '2.0.0', 'Ready to start TLS'),
  /** RFC 4954 §4: a challenge in base64, '' where none is to be said. */
  authChallenge: (base64: string): Reply => bare(334, base64),
  authOk: reply(235, '2.7.0', 'Authentication succeeded'),
  verify: reply(252, '2.5.0', 'Cannot verify the user, but will accept the message and try to deliver it'),
  help: reply(214, '2.0.0', 'See RFC 5321'),

  // Protocol.
  unrecognizedCommand: permanent(500, '5.5.2', 'Command not recognized'),
  syntaxError: permanent(500, '5.5.2', 'Syntax error'),
  parameterSyntax: permanent(501, '5.5.4', 'Syntax error in parameters'),
  unknownParameter: permanent(555, '5.5.4', 'Parameter not recognized'),
  badSequence: (text = 'Bad sequence of commands'): PermanentReply => permanent(503, '5.5.1', text),
  noValidRecipients: permanent(554, '5.5.1', 'No valid recipients'),
  notImplemented: permanent(502, '5.5.1', 'Command not implemented'),
  lineTooLong: permanent(500, '5.5.2', 'Line too long'),
  mailboxSyntax: permanent(553, '5.1.3', 'Invalid address'),
  reversePathSyntax: permanent(501, '5.1.7', 'Invalid address'),
  utf8NotAnnounced: permanent(553, '5.6.7', 'Address needs SMTPUTF8, which was not asked for'),
  bodyBinaryNotAllowed: permanent(501, '5.6.1', 'BODY=BINARYMIME is not offered'),
  requireTlsWithoutTls: permanent(530, '5.7.0', 'REQUIRETLS needs a connection with TLS'),
  chunkSizeSyntax: permanent(501, '5.5.4', 'Invalid chunk size'),
  bareLineEnding: permanent(554, '5.5.2', 'Bare CR or LF is not allowed'),
  /** A line of one dot and NULs (RFC 2045 §2.8), which a server that drops NUL takes for the end of data. */
  nulLine: permanent(554, '5.6.0', 'A line of a dot and NUL is not allowed'),
  earlyTalker: permanent(554, '5.5.1', 'Commands before the greeting are not allowed'),
  headerTooBig: permanent(552, '5.3.4', 'Message header too large'),
  tooBig: permanent(552, '5.3.4', 'Maximum email size exceeded'),
  tooManyHops: permanent(554, '5.4.6', 'Mail loop detected'),
  endedEarly: transient(451, '4.4.2', 'Message ended early'),

  // Limits and our own state.
  tooManyErrors: transient(421, '4.7.0', 'Too many errors'),
  timeout: transient(421, '4.4.2', 'Timeout waiting for a command'),
  shuttingDown: transient(421, '4.3.2', 'Service is closing, come again'),
  overloaded: transient(421, '4.3.2', 'Unable to process connection at this time'),
  tooManyConnections: transient(421, '4.7.0', 'Account service is temporarily unavailable'),
  tenantBusy: transient(451, '4.7.0', 'Account service is temporarily unavailable'),
  tooManyRecipients: transient(452, '4.5.3', 'Too many recipients'),
  tooManyTransactions: transient(421, '4.7.0', 'Too many messages on this connection'),
  otherTenant: transient(452, '4.5.3', 'Send this recipient in another transaction'),
  rateExceeded: transient(451, '4.7.0', 'Too many messages in this time'),
  localError: transient(451, '4.3.0', 'Unable to process an email at this time'),
  factUnavailable: transient(451, '4.4.3', 'A name server did not answer, come again'),
  insufficientStorage: transient(452, '4.3.1', 'Insufficient system storage'),

  // TLS and AUTH.
  tlsRequired: permanent(530, '5.7.0', 'Issue STARTTLS first'),
  tlsVersion: permanent(553, '5.7.10', 'This route requires encryption (TLS)'),
  tlsUnavailable: transient(454, '4.7.0', 'TLS is not available at this time'),
  authRequired: permanent(530, '5.7.0', 'Authentication required'),
  authFailed: permanent(535, '5.7.8', 'Incorrect authentication data'),
  authMechanismUnknown: permanent(504, '5.5.4', 'Authentication mechanism not recognized'),
  authNeedsTls: permanent(538, '5.7.11', 'Encryption required for this authentication mechanism'),
  authLineTooLong: permanent(500, '5.5.6', 'Authentication exchange line is too long'),
  authSyntax: permanent(501, '5.5.2', 'Cannot decode the response'),
  authCancelled: permanent(501, '5.7.0', 'Authentication cancelled'),
  authTooManyFailures: transient(421, '4.7.0', 'Too many failed authentications'),
  authUnavailable: transient(454, '4.7.0', 'Authentication is not available at this time'),

  // Relay and recipients.
  openRelay: (reason: string): TransientReply =>
    transient(451, '4.7.1', `Open relay not allowed (${reason})`),
  /** A rule asks for TLS (T1). X.7.10 is “encryption needed” (RFC 5248 §2.4). */
  routeNeedsTls: permanent(553, '5.7.10', 'This route requires encryption (TLS)'),
  routeNeedsTlsVersion: (version: string): PermanentReply =>
    permanent(553, '5.7.10', `This route requires TLS version ${version} or greater`),
  unknownRecipient: permanent(550, '5.1.1', 'Invalid Recipient'),
  unknownRecipientDefer: transient(451, '4.1.1', 'Recipient temporarily unavailable'),
  recipientUnavailable: transient(451, '4.2.1', 'Recipient temporarily unavailable'),
  /** The host that knows did not say (R1). */
  recipientNotVerified: transient(451, '4.4.3', 'Recipient temporarily unavailable'),
  tooManyUnknownRecipients: transient(421, '4.7.0', 'Recipient temporarily unavailable'),
  nullReversePathRecipients: transient(452, '4.5.3', 'Too many recipients'),
  domainDisabled: transient(451, '4.3.2', 'Account inbounds disabled'),
  outboundDisabled: transient(451, '4.3.2', 'Account outbounds disabled'),
  submitterDisabled: permanent(550, '5.7.1', 'Submitter failed to disabled'),
  otherTenantAuthor: permanent(550, '5.7.1', 'The author domain belongs to another account'),

  // Policies.
  greylisted: transient(451, '4.2.0', 'Internal resources are temporarily unavailable (greylisting)'),
  reputation: transient(451, '4.7.0', 'Internal resources are temporarily unavailable (reputation)'),
  reputationReject: permanent(550, '5.7.1', 'Local CT IP Reputation - (reject)'),
  listedByDnsList: (list: string): PermanentReply => permanent(550, '5.7.1', `Client is listed by ${list}`),
  antiSpoofing: permanent(550, '5.7.1', 'Anti-Spoofing policy - Inbound not allowed'),
  antiSpoofingHeader: permanent(550, '5.7.1', 'Rejected by header based Anti-Spoofing policy'),
  displayName: permanent(550, '5.7.1', 'Rejected by Anti-Spoofing policy for display names'),
  blockedClient: permanent(550, '5.7.1', 'Sender address blocked'),
  blockedSender: permanent(550, '5.7.1', 'Administrative prohibition envelope blocked'),
  blockedEnvelope: permanent(550, '5.7.1', 'Envelope rejected - block policy for Envelope From address'),
  blockedByUser: permanent(550, '5.7.1', 'Envelope blocked - User Entry'),
  blockedByUserDomain: permanent(550, '5.7.1', 'Envelope blocked - User Domain Entry'),
  blockedHeader: permanent(
    550,
    '5.7.1',
    'Rejected by header based Blocked Senders - block policy for Header From',
  ),
  blockedHeaderByUser: permanent(
    550,
    '5.7.1',
    'Rejected by header based manually Blocked Senders - block for manual block',
  ),
  spfRejected: permanent(550, '5.7.23', 'SPF Sender Invalid - envelope rejected'),
  dkimRejected: permanent(550, '5.7.20', 'DKIM Sender Invalid - envelope rejected'),
  dmarcRejected: permanent(550, '5.7.1', 'DMARC Sender Invalid - envelope rejected'),
  authenticationRejected: permanent(550, '5.7.26', 'Sender is not authenticated - envelope rejected'),
  nullMx: permanent(550, '5.7.27', 'The sender domain takes no mail (null MX)'),
  contentRejected: permanent(554, '5.7.1', 'Email rejected due to security policies'),
  contentPolicy: permanent(550, '5.7.1', 'Message bounced due to content examination policy'),
  hostNotAllowed: permanent(554, '5.7.1', 'Host network not allowed'),
  wrongHostname: transient(451, '4.7.1', 'Hostname is not authorized'),
} as const

/** Adds a link that explains the reply to the person who meets it. */
export function withLink<R extends Reply>(reply: R, url: string): R {
  const last = reply.lines.length - 1
  return { ...reply, lines: reply.lines.map((line, i) => (i === last ? `${line} - ${url}` : line)) }
}

/** A 4yz reply of one line. */
export function transient(code: number, status: `4.${string}`, text: string): TransientReply {
  return { code, status, lines: [text] }
}

/** A 5yz reply of one line. */
export function permanent(code: number, status: `5.${string}`, text: string): PermanentReply {
  return { code, status, lines: [text] }
}

function reply(code: number, status: string, text: string): Reply {
  return { code, status, lines: [text] }
}

function bare(code: number, text: string): Reply {
  return { code, status: null, lines: [text] }
}
