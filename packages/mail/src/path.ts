// Reverse- and forward-paths: the arguments of MAIL and RCPT. RFC 5321 §4.1.2, §4.5.5, appendix C.
import {
  formatMailbox,
  type Mailbox,
  type MailboxFault,
  type MailboxOptions,
  parseMailbox,
} from './address.ts'
import { parseDomain } from './domain.ts'
import { fail, ok, type Parsed } from './parsed.ts'

/** Where reports about a message go; null is `<>`, the path of reports themselves. RFC 5321 §4.5.5. */
export type ReversePath = Mailbox | null

export type PathFault =
  | MailboxFault
  | 'bracket-missing'
  | 'source-route'
  | 'null-forward-path'
  | 'text-after-path'

/** Reads `<mailbox>` or `<>`. A source route is checked and dropped (RFC 5321 appendix C). */
export function parseReversePath(text: string, options: MailboxOptions = {}): Parsed<ReversePath, PathFault> {
  if (text === '<>') return ok(null)
  const end = pathEnd(text, 0)
  if (end === -1) return fail('bracket-missing')
  if (end !== text.length) return fail('text-after-path', end)
  return parseInside(text, options)
}

/** Reads `<mailbox>`; `<Postmaster>` gives local part `postmaster` and no domain (RFC 5321 §4.1.1.3). */
export function parseForwardPath(text: string, options: MailboxOptions = {}): Parsed<Mailbox, PathFault> {
  if (text === '<>') return fail('null-forward-path')
  const end = pathEnd(text, 0)
  if (end === -1) return fail('bracket-missing')
  if (end !== text.length) return fail('text-after-path', end)
  if (text.length === 12 && text.toLowerCase() === '<postmaster>') return ok(POSTMASTER)
  return parseInside(text, options)
}

/** Writes a path with its angle brackets. */
export function formatPath(path: ReversePath): string {
  return path === null ? '<>' : `<${formatMailbox(path)}>`
}

/** The offset behind the `>` that closes the path starting at `start`, or -1. Quotes may hide a `>`. */
export function pathEnd(text: string, start: number): number {
  if (text.charCodeAt(start) !== 60) return -1
  let quoted = false
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (quoted) {
      if (code === 92) i++
      else if (code === 34) quoted = false
    } else if (code === 62) return i + 1
    else if (code === 34) quoted = true
    else if (code === 60) return -1
  }
  return -1
}

const POSTMASTER: Mailbox = { localPart: 'postmaster', domain: '' }

/** RFC 5321 §4.1.1.3: two routing hosts or twenty, none is followed; the limit keeps the loop short. */
const ROUTE_HOSTS_MAX = 20

function parseInside(text: string, options: MailboxOptions): Parsed<Mailbox, PathFault> {
  let start = 1
  if (text.charCodeAt(1) === 64) {
    start = routeEnd(text)
    if (start === -1) return fail('source-route', 1)
  }
  const mailbox = parseMailbox(text.slice(start, -1), options)
  return mailbox.ok ? mailbox : fail(mailbox.fault, start + mailbox.at)
}

/** The offset behind the colon of `@one,@two:`, or -1 where that is not what stands there. */
function routeEnd(text: string): number {
  const colon = text.indexOf(':')
  if (colon === -1) return -1
  const hosts = text.slice(1, colon).split(',', ROUTE_HOSTS_MAX + 1)
  if (hosts.length > ROUTE_HOSTS_MAX) return -1
  for (const host of hosts) {
    if (host.charCodeAt(0) !== 64 || !parseDomain(host.slice(1)).ok) return -1
  }
  return colon + 1
}
