// Reads the senders of a list of ten thousands: plain addresses by one look, each of their domains once, and
// all else as a form would (entry.ts). The same comes of both (sender-reader.test.ts).
import { domainToASCII } from 'node:url'
import { parseDomain } from '@gatepost/mail/domain.ts'
import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'
import { readSender, type Sender, type SenderFault } from './entry.ts'

/** What no reader has to fold, unquote or take brackets from; a dot stands between two of them only. */
const PLAIN = new Set([...'abcdefghijklmnopqrstuvwxyz0123456789_+-='].map((sign) => sign.charCodeAt(0)))
const IS_PLAIN = Uint8Array.from({ length: 128 }, (_, code) => (PLAIN.has(code) ? 1 : 0))
const DOT = 46
/** Longer ones go the long way, which knows the limits. */
const PLAIN_LENGTH_MAX = 64
const AT = '@'

type Domain = { readonly name: string; readonly isOwn: boolean }

/** A reader for one list; `isOwn` tells our own domains. */
export function senderReader(
  isOwn: (domain: string) => boolean,
): (text: string) => Parsed<Sender, SenderFault> {
  /** Domain as written → what it is; null for what is not plain. */
  const domains = new Map<string, Domain | null>()
  return (text) => {
    const at = text.indexOf(AT)
    if (!isPlainLocalPart(text, at)) return readSender(text, isOwn)
    const written = text.slice(at + 1)
    let domain = domains.get(written)
    if (domain === undefined) {
      domain = plainDomain(written, isOwn)
      domains.set(written, domain)
    }
    if (domain === null) return readSender(text, isOwn)
    if (domain.isOwn) return fail('sender-internal')
    return ok({ sender: text, domain: domain.name, kind: 'address' })
  }
}

/** Whether atoms with dots between stand before `end`, in lower case. */
function isPlainLocalPart(text: string, end: number): boolean {
  if (end <= 0 || end > PLAIN_LENGTH_MAX) return false
  let isStart = true
  for (let at = 0; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (code === DOT ? isStart : IS_PLAIN[code] !== 1) return false
    isStart = code === DOT
  }
  return !isStart
}

/** A domain that stands as it is compared; null where anything of it would change. */
function plainDomain(written: string, isOwn: (domain: string) => boolean): Domain | null {
  const parsed = parseDomain(written, { toAscii: domainToASCII, allowUnderscore: true })
  if (!parsed.ok || parsed.value !== written) return null
  // A text of its own: one cut out of the file would keep the whole file.
  return { name: parsed.value, isOwn: isOwn(parsed.value) }
}
