// One DNS record in the form people write it (`10 mx.example.`) and in the form dns-packet sends it.

import { isIPv4, isIPv6 } from 'node:net'
import { fail, ok, type Parsed } from '@gatepost/mail/parsed.ts'
import type { Answer } from 'dns-packet'

/** What one record says, checked and ready to be sent. `text` is its normal written form. */
export type RecordData = { readonly text: string; readonly data: unknown }

export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TLSA', 'TXT'] as const
export type RecordType = (typeof RECORD_TYPES)[number]

/** A character-string holds 255 octets at most (RFC 1035 §3.3); longer TXT values are sent in pieces. */
const CHARACTER_STRING_MAX = 255
/** One TXT record of ours stays far below the 65,535 octets of RDLENGTH. */
const TXT_BYTES_MAX = 8192

/** Reads the written form of a record's data. Names are absolute, with or without the last dot. */
export function parseRecordData(type: RecordType, text: string): Parsed<RecordData> {
  const words = text.trim().split(/\s+/)
  switch (type) {
    case 'A':
      return isIPv4(text.trim()) ? plain(text.trim()) : fail('not an IPv4 address')
    case 'AAAA':
      return isIPv6(text.trim()) ? plain(text.trim().toLowerCase()) : fail('not an IPv6 address')
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return parseTarget(words)
    case 'MX':
      return parseMx(words)
    case 'SOA':
      return parseSoa(words)
    case 'SRV':
      return parseSrv(words)
    case 'TLSA':
      return parseTlsa(words)
    case 'TXT':
      return parseTxt(text)
  }
}

/** The record as dns-packet encodes it. */
export function answerOf(name: string, type: RecordType, ttl: number, record: RecordData): Answer {
  // The library types each answer by its literal; parseRecordData made data fit the type.
  return { name, type, ttl, class: 'IN', data: record.data } as Answer
}

/**
 * A name in lower case without its last dot; '' is the root. Underscores and `*` are allowed, since owners
 * such as `_dmarc` need them. Lengths are those of RFC 1035 §2.3.4.
 */
export function parseName(text: string): Parsed<string> {
  const name = text.trim().toLowerCase().replace(/\.$/, '')
  if (name === '') return ok('')
  if (name.length > 253) return fail('a name has 253 characters at most')
  for (const label of name.split('.')) {
    if (label.length === 0 || label.length > 63) return fail('each label has 1 to 63 characters')
    if (!/^[a-z0-9_*-]+$/.test(label)) return fail('a name has letters, digits, hyphens and underscores')
  }
  return ok(name)
}

export function isRecordType(text: string): text is RecordType {
  return (RECORD_TYPES as readonly string[]).includes(text)
}

function plain(text: string): Parsed<RecordData> {
  return ok({ text, data: text })
}

function parseTarget(words: readonly string[]): Parsed<RecordData> {
  if (words.length !== 1) return fail('one name was expected')
  const target = parseName(words[0]!)
  return target.ok ? ok({ text: `${target.value}.`, data: target.value }) : target
}

function parseMx(words: readonly string[]): Parsed<RecordData> {
  const preference = integer(words[0], 65_535)
  if (preference === null || words.length !== 2)
    return fail('expected a preference and a host, as in 10 mx.example.')
  const exchange = parseName(words[1]!)
  if (!exchange.ok) return exchange
  return ok({ text: `${preference} ${exchange.value}.`, data: { preference, exchange: exchange.value } })
}

function parseSrv(words: readonly string[]): Parsed<RecordData> {
  const [priority, weight, port] = words.slice(0, 3).map((word) => integer(word, 65_535))
  if (priority == null || weight == null || port == null || words.length !== 4) {
    return fail('expected priority, weight, port and target')
  }
  const target = parseName(words[3]!)
  if (!target.ok) return target
  const text = `${priority} ${weight} ${port} ${target.value}.`
  return ok({ text, data: { priority, weight, port, target: target.value } })
}

function parseSoa(words: readonly string[]): Parsed<RecordData> {
  const mname = parseName(words[0] ?? '')
  const rname = parseName(words[1] ?? '')
  const numbers = words.slice(2).map((word) => integer(word, 4_294_967_295))
  if (!mname.ok || !rname.ok || numbers.length !== 5 || numbers.includes(null)) {
    return fail('expected a server, a mailbox name and five numbers')
  }
  const [serial, refresh, retry, expire, minimum] = numbers as number[]
  const text = `${mname.value}. ${rname.value}. ${numbers.join(' ')}`
  return ok({
    text,
    data: { mname: mname.value, rname: rname.value, serial, refresh, retry, expire, minimum },
  })
}

function parseTlsa(words: readonly string[]): Parsed<RecordData> {
  const [usage, selector, matchingType] = words.slice(0, 3).map((word) => integer(word, 255))
  const digest = words.slice(3).join('').toLowerCase()
  if (usage == null || selector == null || matchingType == null || !/^([0-9a-f]{2})+$/.test(digest)) {
    return fail('expected usage, selector, matching type and hexadecimal digits')
  }
  const certificate = Buffer.from(digest, 'hex')
  return ok({
    text: `${usage} ${selector} ${matchingType} ${digest}`,
    data: { usage, selector, matchingType, certificate },
  })
}

/** Quoted character-strings as in a zone file, or any other text as one value. */
function parseTxt(text: string): Parsed<RecordData> {
  const trimmed = text.trim()
  const strings = trimmed.startsWith('"') ? quotedStrings(trimmed) : [trimmed]
  if (strings === null) return fail('a quoted text does not end')
  if (strings.join('').length === 0) return fail('the text is empty')
  const pieces = strings.flatMap((part) => split(Buffer.from(part, 'utf8')))
  if (pieces.reduce((sum, piece) => sum + piece.length, 0) > TXT_BYTES_MAX)
    return fail('the text is too long')
  const written = pieces.map((piece) => `"${piece.toString('utf8').replace(/["\\]/g, '\\$&')}"`).join(' ')
  return ok({ text: written, data: pieces })
}

function split(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += CHARACTER_STRING_MAX) {
    pieces.push(bytes.subarray(at, at + CHARACTER_STRING_MAX))
  }
  return pieces
}

function quotedStrings(text: string): string[] | null {
  const strings: string[] = []
  let rest = text
  while (rest !== '') {
    const match = /^"((?:[^"\\]|\\.)*)"\s*/s.exec(rest)
    if (match === null) return null
    strings.push(match[1]!.replace(/\\(.)/gs, '$1'))
    rest = rest.slice(match[0].length)
  }
  return strings
}

function integer(word: string | undefined, most: number): number | null {
  if (word === undefined || !/^\d{1,10}$/.test(word)) return null
  const value = Number(word)
  return value <= most ? value : null
}
