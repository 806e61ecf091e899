// A plain signer for tests, written straight from RFC 6376 with regular expressions: slow, and unlike the
// verifier in everything, so that both can be wrong but not alike.
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

export type Canon = 'simple' | 'relaxed'

export type TestKey = {
  readonly privateKey: KeyObject
  readonly record: string
  readonly type: 'rsa' | 'ed25519'
}

export function rsaKey(bits = 1_024, tags = 'v=DKIM1; k=rsa; '): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const der = publicKey.export({ format: 'der', type: 'spki' })
  return { privateKey, record: `${tags}p=${der.toString('base64')}`, type: 'rsa' }
}

export function ed25519Key(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  return { privateKey, record: `v=DKIM1; k=ed25519; p=${raw.toString('base64')}`, type: 'ed25519' }
}

export type SignOptions = {
  readonly key: TestKey
  readonly headerCanon?: Canon
  readonly bodyCanon?: Canon
  readonly fields?: readonly string[]
  readonly domain?: string
  readonly selector?: string
  /** Further tags, such as `l=10; x=1`. */
  readonly tags?: string
  /** The body length that is hashed, beside an l= in `tags`. */
  readonly length?: number
  readonly algorithm?: string
}

/** The message with a DKIM-Signature on top. Content has CRLF endings, octets as ISO 8859-1. */
export function signed(content: string, options: SignOptions): string {
  const { key, headerCanon = 'relaxed', bodyCanon = 'relaxed', tags = '' } = options
  const { fields = ['from', 'to', 'subject'], domain = 'sender.example', selector = 's1' } = options
  const [header, body] = parts(content)
  const canonical = canonicalBody(body, bodyCanon).slice(0, options.length)
  const bodyHash = createHash('sha256').update(canonical, 'latin1').digest('base64')
  const algorithm = options.algorithm ?? `${key.type}-sha256`
  const head =
    `DKIM-Signature: v=1; a=${algorithm}; c=${headerCanon}/${bodyCanon}; d=${domain};\r\n s=${selector};` +
    `${tags === '' ? '' : ` ${tags};`} h=${fields.join(' : ')};\r\n\tbh=${bodyHash};\r\n b=`
  const all = fieldsOf(header)
  let text = ''
  for (const name of fields) {
    const at = all.findLastIndex((field) => nameOf(field) === name)
    if (at === -1) continue
    text += `${canonicalField(all.splice(at, 1)[0]!, headerCanon)}\r\n`
  }
  text += canonicalField(head, headerCanon)
  const octets = Buffer.from(text, 'latin1')
  const signature =
    key.type === 'rsa'
      ? sign('sha256', octets, key.privateKey)
      : sign(null, createHash('sha256').update(octets).digest(), key.privateKey)
  const folded = signature.toString('base64').replace(/(.{60})/g, '$1\r\n\t')
  return `${head}${folded}\r\n${content}`
}

/** RFC 6376 §3.4.3 and §3.4.4, by regular expression. */
export function canonicalBody(body: string, canon: Canon): string {
  if (canon === 'simple') return `${body.replace(/(?:\r\n)+$/, '')}\r\n`
  const lines = body.replace(/[ \t]+(?=\r\n)/g, '').replace(/[ \t]+$/, '')
  const text = lines.replace(/[ \t]+/g, ' ').replace(/(?:\r\n)+$/, '')
  return text === '' ? '' : `${text}\r\n`
}

function parts(content: string): [header: string, body: string] {
  if (content.startsWith('\r\n')) return ['', content.slice(2)]
  const gap = content.indexOf('\r\n\r\n')
  return gap === -1 ? [content, ''] : [content.slice(0, gap + 2), content.slice(gap + 4)]
}

function fieldsOf(header: string): string[] {
  return header.split(/\r\n(?![ \t])/).filter((field) => field !== '')
}

function nameOf(field: string): string {
  return field.slice(0, field.indexOf(':')).trim().toLowerCase()
}

function canonicalField(field: string, canon: Canon): string {
  if (canon === 'simple') return field
  const unfolded = field.replace(/\r\n/g, '')
  const colon = unfolded.indexOf(':')
  const value = unfolded.slice(colon + 1).replace(/[ \t]+/g, ' ')
  return `${unfolded.slice(0, colon).trim().toLowerCase()}:${value.trim()}`
}
