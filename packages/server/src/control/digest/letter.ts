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

/** Of a width that a phone has, in blocks below each other; dark where the reader has it dark. */
const STYLE = [
  '@media (prefers-color-scheme: dark) {',
  'body, .g-ground { background: #12151c !important; color: #e8eaf0 !important }',
  '.g-box { background: #1b1f29 !important; border-color: #343b4a !important }',
  '.g-row { border-color: #343b4a !important }',
  '.g-dim { color: #a9b1c0 !important }',
  'a { color: #8ab4ff !important }',
  '.g-act { border-color: #5a6478 !important }',
  '}',
].join(' ')

function htmlText(letter: DigestLetter): string {
  const { language, lines, more, mailbox, portal, days } = letter
  const words = digestWords[language]
  const dim = 'class="g-dim" style="margin:2px 0;color:#4d5565;font-size:13px"'
  const block = 'class="g-row" style="padding:14px 18px;border-top:1px solid #d5dae2"'
  const button =
    'class="g-act" style="display:inline-block;margin-top:8px;padding:8px 14px;' +
    'border:1px solid #9aa3b5;border-radius:6px;color:#1f4fbf;text-decoration:none"'
  const rows = lines.map((line) =>
    [
      `<tr><td ${block}>`,
      `<b style="font-size:15px">${escaped(shown(line.subject ?? words.noSubject))}</b>`,
      `<p style="margin:2px 0">${words.from} ${escaped(shown(line.author))}</p>`,
      line.isFirstContact ? `<p style="margin:2px 0"><i>${words.firstContact}</i></p>` : '',
      `<p ${dim}>${escaped(words.classes[line.class] ?? line.className)} · `,
      `${escaped(timeOf(line.heldAt, letter))}</p>`,
      `<a ${button} href="${escaped(line.link)}">${words.look}</a>`,
      '</td></tr>',
    ].join(''),
  )
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">',
    `<style>${STYLE}</style></head>`,
    '<body class="g-ground" style="margin:0;padding:16px 8px;background:#f4f5f7;color:#12151c;' +
      'font:14px/1.5 sans-serif;overflow-wrap:anywhere">',
    '<table role="presentation" class="g-box" style="width:100%;max-width:640px;margin:0 auto;' +
      'border:1px solid #d5dae2;border-radius:8px;border-spacing:0;background:#ffffff">',
    `<tr><td style="padding:16px 18px">${escaped(words.lead(lines.length + more, mailbox))}</td></tr>`,
    ...rows,
    `<tr><td ${block}>`,
    more > 0 ? `<p style="margin:0 0 8px">${escaped(words.more(more))}</p>` : '',
    `<p style="margin:0 0 8px"><a href="${escaped(portal)}">${words.portal}</a></p>`,
    `<p ${dim}>${words.ends(days)} ${words.foot}</p>`,
    '</td></tr></table></body></html>',
  ].join('\r\n')
}

function escaped(text: string): string {
  const CODES: { readonly [sign: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replace(/[&<>"]/g, (sign) => CODES[sign] ?? sign)
}
