// Reads the senders of a list of ten thousands: plain addresses by one look, each of their domains once, and
// all else as a form would (entry.ts). The same comes of both (sender-reader.test.ts).
import { domainToASCII } from 'node:url'
import { parseDomain } from '@gatepost/mail/domain.ts'
import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'
import { readSender, type Sender, type SenderFault } from './entry.ts'

/** What no reader has to fold, unquote or take brackets from: atoms with dots between, in lower case. */
const PLAIN_LOCAL_PART = /^[a-z0-9_+\-=]+(?:\.[a-z0-9_+\-=]+)*$/
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
    const localPart = text.slice(0, Math.max(0, at))
    if (localPart.length > PLAIN_LENGTH_MAX || !PLAIN_LOCAL_PART.test(localPart)) {
      return readSender(text, isOwn)
    }
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

/** A domain that stands as it is compared; null where anything of it would change. */
function plainDomain(written: string, isOwn: (domain: string) => boolean): Domain | null {
  const parsed = parseDomain(written, { toAscii: domainToASCII, allowUnderscore: true })
  if (!parsed.ok || parsed.value !== written) return null
  // A text of its own: one cut out of the file would keep the whole file.
  return { name: parsed.value, isOwn: isOwn(parsed.value) }
}
