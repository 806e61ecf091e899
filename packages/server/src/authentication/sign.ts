// Signs mail (RFC 6376, 8301, 8463): one or several DKIM signatures over the same fields and body, made from
// the hashes that verification uses, so that both read the same octets alike.
import { createHash, type KeyObject, sign as signOctets } from 'node:crypto'
import { promisify } from 'node:util'
import { fromLatin1 } from '@gatepost/mail/bytes.ts'
import type { HeaderField } from '@gatepost/mail/header.ts'
import { SignableHeader } from './header-hash.ts'

export type KeyAlgorithm = 'rsa-sha256' | 'ed25519-sha256'

/** A private key in use: where its public half stands in DNS, and the key itself. */
export type SigningKey = {
  readonly id: string
  /** d= and s=, A-labels in lower case. */
  readonly domain: string
  readonly selector: string
  readonly algorithm: KeyAlgorithm
  readonly key: KeyObject
}

/** One signature that was made, as Why shows it. */
export type SignatureMade = {
  readonly kind: 'dkim' | 'arc'
  readonly domain: string
  readonly selector: string
  readonly algorithm: KeyAlgorithm
}

/**
 * Signed once more than they are there, so that none can be added on the way and shown to a reader (RFC 6376
 * §8.15).
 */
const ALWAYS_OVERSIGNED = ['from', 'to', 'cc', 'subject', 'date', 'reply-to'] as const
/** As above where they are there; hosts on the way may add what is missing. */
const OVERSIGNED_IF_PRESENT = [
  'sender',
  'message-id',
  'in-reply-to',
  'references',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
] as const
/** Signed as often as they are there. */
const SIGNED_IF_PRESENT = [
  'resent-from',
  'resent-to',
  'resent-cc',
  'resent-date',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
] as const
/** Seconds a signature counts: queues give up within five days, mailboxes fetch within two weeks. */
export const SIGNATURE_SECONDS = 14 * 86_400
/** A message with more fields of one name is no letter; the signature would only grow. */
const FIELDS_PER_NAME_MAX = 20

/** What of a message every signature covers: gathered once, however many keys sign. */
export class MessageToSign {
  readonly header: SignableHeader
  /** bh= in base64. */
  readonly bodyHash: string

  constructor(fields: readonly HeaderField[], bodyHash: string) {
    this.header = new SignableHeader(fields)
    this.bodyHash = bodyHash
  }

  /** The names of h= in their order; `more` are signed if they are there. */
  signedFields(more: readonly string[] = []): readonly string[] {
    const names: string[] = []
    const add = (name: string, times: number): void => {
      for (let at = 0; at < Math.min(times, FIELDS_PER_NAME_MAX); at++) names.push(name)
    }
    for (const name of ALWAYS_OVERSIGNED) add(name, this.header.count(name) + 1)
    for (const name of OVERSIGNED_IF_PRESENT) {
      const count = this.header.count(name)
      if (count > 0) add(name, count + 1)
    }
    for (const name of [...SIGNED_IF_PRESENT, ...more]) add(name, this.header.count(name))
    return names
  }
}

/**
 * The DKIM-Signature field of one key, with its line ending. `now` in epoch milliseconds. Covers the whole
 * body (no l=) in relaxed form. Rejects when the key cannot sign.
 */
export async function dkimSignature(
  message: MessageToSign,
  { domain, selector, algorithm, key }: SigningKey,
  now: number,
): Promise<string> {
  const at = Math.floor(now / 1_000)
  const tags = [
    'v=1',
    `a=${algorithm}`,
    'c=relaxed/relaxed',
    `d=${domain}`,
    `s=${selector}`,
    `t=${at}`,
    `x=${at + SIGNATURE_SECONDS}`,
  ]
  return signedField('DKIM-Signature', { tags, fields: message.signedFields(), message, algorithm, key })
}

type FieldToSign = {
  readonly tags: readonly string[]
  readonly fields: readonly string[]
  readonly message: MessageToSign
  readonly algorithm: KeyAlgorithm
  readonly key: KeyObject
}

/** A signature over fields and body, as DKIM and ARC's message signature both are (RFC 8617 §4.1.2). */
export async function signedField(name: string, about: FieldToSign): Promise<string> {
  const { tags, fields, message, algorithm, key } = about
  const head = `${name}: ${folded(tags)};\r\n\th=${foldedNames(fields)};\r\n\tbh=${message.bodyHash};\r\n\tb=`
  const octets = message.header.signedBy({
    field: { raw: fromLatin1(head) },
    signedFields: fields,
    isHeaderRelaxed: true,
  })
  return `${head}${foldedBase64(await signatureOf(octets, algorithm, key))}\r\n`
}

const signLater = promisify(signOctets)

/**
 * RSA takes a millisecond, which other threads of the process can spend; Ed25519 is done before one wakes.
 */
export async function signatureOf(octets: Buffer, algorithm: KeyAlgorithm, key: KeyObject): Promise<string> {
  // RFC 8463 §3: Ed25519 signs the SHA-256 hash.
  const signature =
    algorithm === 'rsa-sha256'
      ? await signLater('sha256', octets, key)
      : signOctets(null, createHash('sha256').update(octets).digest(), key)
  return signature.toString('base64')
}

const LINE_MAX = 76

/** Tags on lines of usual length; the last is not ended. */
export function folded(tags: readonly string[]): string {
  let text = ''
  let line = 'ARC-Message-Signature: '.length
  for (const [at, tag] of tags.entries()) {
    const part = at === 0 ? tag : ` ${tag}`
    text += at === 0 ? '' : ';'
    if (at > 0 && line + part.length + 1 > LINE_MAX) {
      text += `\r\n\t${tag}`
      line = 8 + tag.length
    } else {
      text += part
      line += part.length + 1
    }
  }
  return text
}

/** The names of h=, folded behind colons, where white space does not count (RFC 6376 §3.5). */
function foldedNames(names: readonly string[]): string {
  let text = ''
  let line = 10
  for (const [at, name] of names.entries()) {
    const part = at === names.length - 1 ? name : `${name}:`
    if (line + part.length > LINE_MAX) {
      text += '\r\n\t '
      line = 9
    }
    text += part
    line += part.length
  }
  return text
}

export function foldedBase64(text: string): string {
  return text.replace(/.{72}(?=.)/g, (line) => `${line}\r\n\t `)
}
