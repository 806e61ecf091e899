// Addresses behind which no correspondent sits: no-reply senders, mailer daemons, lists, forms, one-time
// addresses. They never become permitted senders (abuse case 71).

/** Local parts, whole; joints such as dots and hyphens are taken out first. */
const NAMES: ReadonlySet<string> = new Set(
  [
    'noreply donotreply dontreply noresponse neverreply nepasrepondre nichtantworten keineantwort noresponder',
    'mailerdaemon mailer daemon postmaster abuse bounce bounces bounced returns nobody null devnull',
    'autoreply autoresponder autoresponse unsubscribe unsub optout remove leave subscribe',
    'listserv majordomo mailman sympa ezmlm listmaster notification notifications notify newsletter newsletters',
    'mailing mailings alerts alert automated automailer systemmail donotreplyto replies undisclosedrecipients',
  ].flatMap((line) => line.split(' ')),
)
/** Parts that make a whole local part one of a program. */
const PARTS: readonly RegExp[] = [
  /(?:^|[-._+])(?:no|do[-._]?not|dont|never)[-._]?reply(?:$|[-._+\d])/,
  /^(?:bounces?|returns?|unsub(?:scribe)?|leave|optout|verp)[-._+=]/,
  /[-._](?:bounces?|request|owner|unsubscribe|subscribe|confirm|leave|help)$/,
  /^owner[-._]/,
  /^(?:srs[01][=+-]|prvs=|btv1==|bv=)/,
  /^microsoftexchange[0-9a-f]{20,}/,
  // One-time answers of ticket systems and forges: `reply+0123abcd…`, `notifications+…`, a bare digest.
  /^(?:reply|replies|r|notifications?|ticket|case|comment|comments|msg|mail)[+=][\w.=-]{12,}$/,
  /^[0-9a-f]{24,}$/,
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/,
]
/** Domains of lists, of robots and of what lies outside of mail. */
const DOMAINS: readonly RegExp[] = [
  /^(?:lists?|listserv|mailman|groups|bounces?|unsubscribe|reply|replies)\./,
  /^(?:noreply|no-reply|notifications?)\./,
  /(?:^|\.)(?:googlegroups\.com|yahoogroups\.com|groups\.io)$/,
  /(?:^|\.)(?:listserv\.[a-z.]{1,250}|simplelists\.com|freelists\.org)$/,
  /(?:^|\.)(?:unsubscribe2?\.[a-z.-]{1,250}|list-unsubscribe\.[a-z.-]{1,250})$/,
  /(?:^|\.)(?:invalid|localhost|local|lan|internal|localdomain|arpa)$/,
  /^resource\.calendar\.google\.com$/,
]

/** Whether an address, given as its key, is a robot's, a list's or a one-time address. */
export function isRobot(address: string): boolean {
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at).toLowerCase()
  const domain = address.slice(at + 1)
  const plain = local
    .replace(/\+.*$/, '')
    .replace(/[-._]/g, '')
    .replace(/(?<!\d)\d+$/, '')
  return (
    NAMES.has(plain) ||
    PARTS.some((pattern) => pattern.test(local)) ||
    DOMAINS.some((pattern) => pattern.test(domain))
  )
}
