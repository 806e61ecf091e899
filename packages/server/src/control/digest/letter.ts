// The digest as a message: words and a plain table, nothing that loads, and one link an item (H4).

import type { DigestLanguage } from '@gatepost/contract/digest.ts'
import { withoutControls } from '@gatepost/mail/bytes.ts'
import { formatDate } from '@gatepost/mail/date.ts'
import { encodedWords, toField } from '../letter.ts'
import { digestWords } from './words.ts'

export type DigestLine = {
  readonly author: string
  readonly subject: string | null
  readonly class: string
  readonly className: string
  readonly heldAt: number
  /** Its author wrote for the first time. */
  readonly isFirstContact: boolean
  readonly link: string
}

export type DigestLetter = {
  readonly id: string
  readonly hostname: string
  /** Where replies would go: nobody reads them. */
  readonly author: string
  readonly to: string
  readonly mailbox: string
  readonly language: DigestLanguage
  readonly timeZone: string
  readonly lines: readonly DigestLine[]
  /** Held besides, and not listed. */
  readonly more: number
  readonly portal: string
  readonly days: number
  readonly now: number
}

const FIELD_MAX = 200
const LOCALES: { readonly [Name in DigestLanguage]: string } = { en: 'en-GB', de: 'de-DE', fr: 'fr-FR' }

/** RFC 5322 with CRLF; both parts in base64, so that nobody's subject can break a line (RFC 2045 §6.8). */
export function digestLetter(letter: DigestLetter): Buffer {
  const { id, hostname, author, to, mailbox, language, lines, more, now } = letter
  const words = digestWords[language]
  const boundary = `=_${id}`
  const subject = words.subject(lines.length + more, mailbox)
  return Buffer.from(
    [
      `Date: ${formatDate(now)}`,
      `From: Gatepost <${author}>`,
      toField([to]),
      `Message-ID: <${id}@${hostname}>`,
      `Subject: ${encodedWords(subject)}`,
      'Auto-Submitted: auto-generated',
      'X-Auto-Response-Suppress: All',
      'MIME-Version: 1.0',
      `Content-Type: multipart/alternative; boundary="${boundary}"`,
      '',
      ...part(boundary, 'text/plain', plainText(letter)),
      ...part(boundary, 'text/html', htmlText(letter)),
      `--${boundary}--`,
      '',
    ].join('\r\n'),
  )
}

function part(boundary: string, type: string, text: string): string[] {
  const coded =
    Buffer.from(text, 'utf8')
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  return [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: base64',
    '',
    ...coded,
  ]
}

function shown(text: string): string {
  return withoutControls(text).slice(0, FIELD_MAX)
}

function timeOf(at: number, { language, timeZone }: DigestLetter): string {
  const format = { timeZone, dateStyle: 'short', timeStyle: 'short' } as const
  return new Intl.DateTimeFormat(LOCALES[language], format).format(at)
}

function plainText(letter: DigestLetter): string {
  const { language, lines, more, mailbox, portal, days } = letter
  const words = digestWords[language]
  return [
    words.lead(lines.length + more, mailbox),
    '',
    ...lines.flatMap((line) => [
      shown(line.subject ?? words.noSubject),
      `  ${words.from}: ${shown(line.author)}`,
      ...(line.isFirstContact ? [`  ${words.firstContact}`] : []),
      `  ${words.held}: ${timeOf(line.heldAt, letter)}, ${words.why}: ${words.classes[line.class] ?? line.className}`,
      `  ${words.look}: ${line.link}`,
      '',
    ]),
    ...(more > 0 ? [words.more(more), ''] : []),
    `${words.portal}: ${portal}`,
    '',
    `${words.ends(days)} ${words.foot}`,
    '',
  ].join('\r\n')
}

function htmlText(letter: DigestLetter): string {
  const { language, lines, more, mailbox, portal, days } = letter
  const words = digestWords[language]
  const cell = 'style="padding:8px 10px;border-top:1px solid #d5dae2;vertical-align:top"'
  const rows = lines.map((line) =>
    [
      '<tr>',
      `<td ${cell}><b>${escaped(shown(line.subject ?? words.noSubject))}</b><br>`,
      `${words.from} ${escaped(shown(line.author))}`,
      line.isFirstContact ? `<br><i>${words.firstContact}</i></td>` : '</td>',
      `<td ${cell}>${escaped(words.classes[line.class] ?? line.className)}<br>`,
      `${escaped(timeOf(line.heldAt, letter))}</td>`,
      `<td ${cell}><a href="${escaped(line.link)}">${words.look}</a></td>`,
      '</tr>',
    ].join(''),
  )
  return [
    `<!doctype html><html lang="${language}"><body style="font:14px/1.5 sans-serif;color:#12151c">`,
    `<p>${escaped(words.lead(lines.length + more, mailbox))}</p>`,
    `<table style="border-collapse:collapse">${rows.join('')}</table>`,
    more > 0 ? `<p>${escaped(words.more(more))}</p>` : '',
    `<p><a href="${escaped(portal)}">${words.portal}</a></p>`,
    `<p style="color:#4d5565">${words.ends(days)} ${words.foot}</p>`,
    '</body></html>',
  ].join('\r\n')
}

function escaped(text: string): string {
  const CODES: { readonly [sign: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replace(/[&<>"]/g, (sign) => CODES[sign] ?? sign)
}
