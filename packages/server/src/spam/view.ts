// One reading of a message for scoring: header, visible text, links and parts, each read once and within
// limits.
import type { AddressEntry } from '@gatepost/mail/address-list.ts'
import { parseAddressList } from '@gatepost/mail/address-list.ts'
import { fromLatin1, toLatin1 } from '@gatepost/mail/bytes.ts'
import { decodeEncodedWords } from '@gatepost/mail/encoded-word.ts'
import { firstField, type HeaderField, parseHeaderFields, splitMessage } from '@gatepost/mail/header.ts'
import { type HtmlText, textOfHtml } from '@gatepost/mail/html-text.ts'
import { leaves, type MimePart, type ParsedMime, parseMime, textOf } from '@gatepost/mail/mime.ts'
import { registrableDomainOf } from '#platform/public-suffix.ts'
import type { AuthenticationFact } from '#policy/facts.ts'
import { type LinkView, linksOf } from './links.ts'

/** What is scored: the content as received and what the session knows of it. */
export type SpamInput = {
  readonly content: Uint8Array
  readonly reversePath: string | null
  readonly helo: string
  readonly clientIp: string
  /** Null where authentication could not be had. */
  readonly authentication: AuthenticationFact | null
}

export type Person = {
  readonly name: string
  readonly local: string
  readonly domain: string
  /** The registrable domain; '' without a domain. */
  readonly organisation: string
}

export type MessageView = {
  readonly input: SpamInput
  readonly fields: readonly HeaderField[]
  readonly mime: ParsedMime
  readonly leaves: readonly MimePart[]
  readonly subject: string
  readonly subjectRaw: string
  readonly author: Person | null
  readonly authorCount: number
  readonly replyTo: Person | null
  readonly recipients: readonly Person[]
  readonly reverseDomain: string
  readonly plain: string | null
  readonly html: HtmlText | null
  readonly htmlSource: string
  /** What a reader sees first, quoted lines of earlier mail left out. */
  readonly text: string
  readonly quotedLines: number
  readonly links: readonly LinkView[]
  readonly attachments: readonly MimePart[]
}

/** Characters of text that are looked at: what is to be read stands at the beginning. */
export const TEXT_MAX = 30_000
/** Octets of a text part that are decoded; mail above it is mostly pictures put into the HTML. */
const PART_OCTETS_MAX = 400_000
const RECIPIENTS_MAX = 50
/** Characters of a subject or a name that are looked at: readers show some hundred. */
const LINE_MAX = 1_000
const MARKS =
  /^(\s*(\[\s*\**\s*(spam|ext|external|suspected spam)\s*\**\s*\]|\*{2,}\s*spam\s*\*{2,}|\{spam\??\}))+\s*/i
/** Half off and more: seldom offered by those who keep their shop. Matched against folded text. */
export const BIG_DISCOUNT = new RegExp(
  String.raw`\b[5-9]\d ?(%|percent|per cent|pc) ?(off|0ff|for you|discount|sale|reduc|cheaper|less|rabatt|de desc)` +
    String.raw`|\b(save|saving|discounts?|sale|off|get)( \w+){0,2} [5-9]\d ?(%|percent)|-[5-9]\d ?%`,
)

/** Reads a message. Never throws; what cannot be read is empty. */
export function viewOf(input: SpamInput, read?: ParsedMime): MessageView {
  const { content } = input
  const header = parseHeaderFields(splitMessage(content).headerBytes)
  const fields = header.ok ? header.value : []
  const mime = read ?? parseMime(content)
  const parts = [...leaves(mime.root)]
  const bodies = bodiesOf(content, parts)
  const html = bodies.html === null ? null : textOfHtml(bodies.html, TEXT_MAX)
  const best = html !== null && html.text.length > 0 ? html.text : (bodies.plain ?? '')
  const { own, quoted } = withoutQuotes(best.slice(0, TEXT_MAX))
  const authors = people(fields, 'from')
  return {
    input,
    fields,
    mime,
    leaves: parts,
    subject: withoutMarks(decodeEncodedWords(fieldValue(fields, 'subject')).slice(0, LINE_MAX)),
    subjectRaw: fieldValue(fields, 'subject').slice(0, LINE_MAX),
    author: authors[0] ?? null,
    authorCount: authors.length,
    replyTo: people(fields, 'reply-to')[0] ?? null,
    recipients: [...people(fields, 'to'), ...people(fields, 'cc')].slice(0, RECIPIENTS_MAX),
    reverseDomain: domainOf(input.reversePath ?? ''),
    plain: bodies.plain,
    html,
    htmlSource: bodies.html ?? '',
    text: own,
    quotedLines: quoted,
    links: linksOf(html, own),
    attachments: parts.filter((part) => !bodies.used.has(part)),
  }
}

/** The value of the first field of a name, `''` without one. */
export function fieldValue(fields: readonly HeaderField[], name: string): string {
  return firstField(fields, name)?.value ?? ''
}

/**
 * Lower case, compatibility forms and accents gone, invisible characters out: for comparing, not for show.
 */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]+/gu, '')
    .toLowerCase()
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .replace(/[^\S\n]+/g, ' ')
}

function bodiesOf(content: Uint8Array, parts: readonly MimePart[]) {
  let plain: string | null = null
  let html: string | null = null
  const used = new Set<MimePart>()
  for (const part of parts) {
    if (part.disposition === 'attachment') continue
    if (part.type === 'text/html' && html === null) {
      html = textOf(content, part, PART_OCTETS_MAX)
      used.add(part)
    } else if (part.type === 'text/plain' && plain === null) {
      plain = textOf(content, part, PART_OCTETS_MAX)
      used.add(part)
    }
  }
  return { plain, html, used }
}

/**
 * What a filter on the way wrote before a subject is its opinion, and anybody can write it: neither for nor
 * against.
 */
function withoutMarks(subject: string): string {
  return subject.replace(MARKS, '')
}

function withoutQuotes(text: string): { own: string; quoted: number } {
  const own: string[] = []
  let quoted = 0
  for (const line of text.split('\n')) {
    if (/^\s*[>|]/.test(line)) quoted++
    else own.push(line)
  }
  return { own: own.join('\n'), quoted }
}

function people(fields: readonly HeaderField[], name: string): Person[] {
  const found: Person[] = []
  for (const field of fields) {
    if (field.nameLower !== name || found.length >= RECIPIENTS_MAX) continue
    for (const entry of parseAddressList(field.value, { max: RECIPIENTS_MAX }).entries)
      found.push(person(entry))
  }
  return found
}

function person(entry: AddressEntry): Person {
  const address = entry.written.replace(/[<>\s]/g, '').toLowerCase()
  const at = address.lastIndexOf('@')
  const domain = at === -1 ? '' : domainOf(address)
  const local = at === -1 ? address : address.slice(0, at)
  return {
    name: rawToText(entry.displayName.slice(0, LINE_MAX)),
    local,
    domain,
    organisation: organisationOf(domain),
  }
}

/** A name given in bytes that are UTF-8 but were read as Latin-1 is read again. */
function rawToText(name: string): string {
  if (!/[\u0080-\u00ff]{2}/.test(name) || /[^\u0000-\u00ff]/.test(name)) return name
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(fromLatin1(name))
  } catch {
    return name
  }
}

function domainOf(address: string): string {
  return address
    .slice(address.lastIndexOf('@') + 1)
    .toLowerCase()
    .replace(/[^\w.\-\u0080-\uffff]/g, '')
}

/** The registrable domain; '' for none. */
export function organisationOf(domain: string): string {
  return domain === '' ? '' : registrableDomainOf(domain)
}

/** Header bytes as text, for looks at how it is written. */
export function headerText(content: Uint8Array): string {
  return toLatin1(splitMessage(content).headerBytes)
}
