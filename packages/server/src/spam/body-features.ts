// Features of what a reader sees and does not see: shape of the body, tricks of HTML, kinds of attachment,
// and what the text asks for.
import type { MimePart } from '@gatepost/mail/mime.ts'
import { disguisedWord } from './disguise.ts'
import { luresIn } from './lures.ts'
import type { Note } from './note.ts'
import { BIG_DISCOUNT, fold, type MessageView, TEXT_MAX } from './view.ts'

const INVISIBLE = /\p{Cf}|\u034f/gu
const MIXED_WORD = /(?<=[a-z])[\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff](?=[a-z])/gi
const STYLED = /[\u{1d400}-\u{1d7ff}\u{ff21}-\u{ff5a}]/gu
const CODE = new RegExp(
  String.raw`^(\+\+\+|---|@@|diff --git|index [0-9a-f]{7})|^[ \t]*(#include|def \w+\(|int main|` +
    String.raw`return [\w(*!-]+.*;[ \t]*$|import [\w.{*]+;?$|\$ [a-z]+ |at [\w.]+\(\w+\.|` +
    'Traceback|Signed-off-by|Reviewed-by|' +
    'Tested-by)',
  'm',
)
/** Names of functions and files, paths, versions of three parts, numbers of parts. */
const TECHNICAL = new RegExp(
  [
    String.raw`\b[a-z0-9]{1,30}_[a-z0-9_]{1,60}\b`,
    String.raw`\bv?\d+\.\d+\.\d+(\.\d+)?\b`,
    String.raw`(?<=\s)~?\/[\w.-]{1,30}\/[\w./-]{1,60}`,
    String.raw`\b0x[0-9a-f]{1,16}\b`,
    String.raw`\b\w{1,40}\(\)`,
    String.raw`\b[\w-]{2,30}\.(c|h|cc|cpp|py|sh|js|yml|yaml|xml|conf|log|bb|patch|java|pl|so|ko|dts)\b`,
  ].join('|'),
  'gi',
)
const SIGN_OFF = new RegExp(
  String.raw`\n-- ?\n|\n(best|kind|warm)? ?regards,?\s|\n(cheers|thanks|thx|vg|mfg|viele gr|` +
    String.raw`mit freundlichen|cordialement|saludos|abracos|att|atenciosamente)[,.\s!]`,
  'i',
)

/** Octets of a part that are looked at for undeclared letters, and how many of them are more than a slip. */
const UNDECLARED_LOOK = 4000
const UNDECLARED_LEAST = 10

/** Notes what the body shows. */
export function bodyFeatures(view: MessageView, note: Note): void {
  shapeFeatures(view, note)
  if (view.html !== null) htmlFeatures(view, note)
  textFeatures(view, note)
  attachmentFeatures(view, note)
  lureFeatures(view, note)
}

function shapeFeatures(view: MessageView, note: Note): void {
  const { plain, html, leaves, mime, input } = view
  if (html === null) note('plain-only')
  if (html !== null && plain === null) note('html-only')
  if (html !== null && plain !== null && plain.trim().length < 20 && html.text.length > 100)
    note('plain-part-empty')
  const texts = leaves.filter(({ type }) => type === 'text/html' || type === 'text/plain')
  const coded = texts.find(({ encoding }) => encoding === 'base64')
  if (coded !== undefined) note('text-in-base64', coded.type)
  if (mime.faults.length > 0) note('broken-structure', mime.faults.join(', '))
  const charset = texts.find(({ charset }) => charset !== null)?.charset ?? ''
  if (/koi8|1251|gb2312|gbk|big5|euc-kr|ks_c|iso-2022|windows-874/.test(charset))
    note('distant-charset', charset)
  const undeclared = texts.find((part) => isUndeclared(part, input.content))
  if (undeclared !== undefined) note('undeclared-letters', undeclared.charset ?? 'no character set')
}

/**
 * Letters beyond ASCII under no character set, or under ASCII: programs of people declare what they write.
 */
function isUndeclared({ charset, encoding, start, end }: MimePart, content: Uint8Array): boolean {
  if (charset !== null && !/^(us-)?ascii$|^default/.test(charset)) return false
  if (encoding === 'base64') return false
  let high = 0
  for (let at = start; at < Math.min(end, start + UNDECLARED_LOOK); at++) if (content[at]! > 0x7f) high++
  return high > UNDECLARED_LEAST
}

function htmlFeatures({ html, htmlSource, links, subject }: MessageView, note: Note): void {
  if (html === null) return
  const { counts, images, hiddenLength, text } = html
  const length = Math.max(1, text.length)
  if (counts.forms > 0) note('form', `${counts.forms}`)
  if (counts.passwordFields > 0) note('password-field')
  if (counts.scripts > 0) note('script')
  if (counts.frames > 0) note('frame')
  if (hiddenLength > 300 || (hiddenLength > 30 && hiddenLength > length / 4)) note('hidden-text', html.hidden)
  if (images.length > 0 && length < 400)
    note('picture-instead-of-text', `${images.length} pictures, ${text.length} letters`)
  if (images.length > 0 && length < 60)
    note('picture-alone', `${images.length} pictures, ${text.length} letters`)
  if (images.length > 0) note('pictures', String(images.length))
  if (images.some(({ src }) => /^data:/i.test(src))) note('picture-inside')
  if (htmlSource.length > 3000 && text.length < htmlSource.length / 40) note('little-text-much-html')
  if (counts.comments > 10 && counts.comments > counts.tags / 4) note('comments-between')
  if (links.length > 0 && links.every((link) => link.text.trim() === '')) note('picture-links-alone')
  if (/&#(x[0-9a-f]{2}|\d{2,3});(&#(x[0-9a-f]{2}|\d{2,3});){8}/i.test(htmlSource.slice(0, 100_000)))
    note('letters-as-numbers')
  if (/<meta[^>]{0,100}http-equiv=["']?refresh/i.test(htmlSource.slice(0, 20_000))) note('page-refresh')
  if (/<base\s[^>]{0,100}href/i.test(htmlSource.slice(0, 20_000))) note('base-address')
  if (!/<html|<body|<!doctype/i.test(htmlSource.slice(0, 5000))) note('html-fragment')
  const title = titleOf(htmlSource)
  if (title !== '' && isOfOtherWords(title, `${fold(subject)} ${fold(text.slice(0, 20_000))}`))
    note('title-of-other-words', title)
  if (/<font/i.test(htmlSource)) note('font-tags')
  if (/<center|bgcolor=/i.test(htmlSource)) note('old-layout')
  if (/mso-|class=["']?MsoNormal/i.test(htmlSource)) note('office-html')
}

function titleOf(source: string): string {
  const found = /<title>([^<]{8,300})<\/title>/i.exec(source.slice(0, 20_000))
  return fold(found?.[1] ?? '').trim()
}

/** Words of four letters and more of which none stands in the other text. */
function isOfOtherWords(title: string, other: string): boolean {
  const words = title.match(/[a-z]{4,}/g) ?? []
  return words.length >= 3 && words.filter((word) => other.includes(word)).length <= words.length / 4
}

function textFeatures({ text, html, plain, quotedLines }: MessageView, note: Note): void {
  const shown = (html?.text ?? plain ?? '').slice(0, TEXT_MAX)
  const invisible = shown.match(INVISIBLE)?.length ?? 0
  if (invisible > 10 && /[a-z]\p{Cf}[a-z]/iu.test(shown)) note('invisible-letters', String(invisible))
  const mixed = (shown.match(MIXED_WORD)?.length ?? 0) + (shown.match(STYLED)?.length ?? 0)
  if (mixed > 2) note('disguised-letters', String(mixed), mixed / 20)
  if (/[a-z]{3}[@$!|013][a-z]{2}/i.test(shown.replace(/(?<!\S)\S+@\S+|https?:\S+/g, '')))
    note('letters-replaced', '', 0.5)
  if (/\b\w\s\w\s\w\s\w\s\w\b/.test(shown) || /\b\w[._]\w[._]\w[._]\w\b/.test(shown)) note('spaced-out-words')
  const letters = text.replace(/[^\p{L}]/gu, '')
  if (letters.length > 100) {
    const upper = text.replace(/[^\p{Lu}]/gu, '').length
    if (upper / letters.length > 0.35)
      note('shouts', `${Math.round((100 * upper) / letters.length)} % capitals`)
  }
  if ((text.match(/!/g)?.length ?? 0) >= 3) note('exclaims')
  if (/[$€£]\s?\d|\d\s?(€|eur|usd|dollars?)\b|R\$\s?\d/i.test(text)) note('money')
  if (letters.length < 40) note('hardly-any-text')
  else if (letters.length < 300) note('short-text')
  else if (letters.length > 3000) note('long-text')
  if (CODE.test(text)) note('code')
  if (SIGN_OFF.test(text)) note('signed-off')
  const technical = text
    .slice(0, 6000)
    .replace(/\S{1,64}@\S{1,64}|https?:\S+|www\.\S+/g, '')
    .match(TECHNICAL)
  if (technical !== null && technical.length >= 2) note('technical', technical.slice(0, 4).join(', '))
  if (/\n.{1,60} (wrote|schrieb|a ecrit|escribio|escreveu):?\s*\n/.test(fold(shown)) || quotedLines > 0)
    note('quotes-somebody')
  if (/\+?\d[\d\s().-]{8,}\d/.test(text)) note('telephone')
}

const ATTACHED: readonly (readonly [string, RegExp])[] = [
  ['attached-page', /\.(html?|shtml|xhtml|svg|mht)$/i],
  [
    'attached-program',
    /\.(exe|scr|pif|com|bat|cmd|js|jse|vbs|vbe|wsf|hta|lnk|jar|msi|ps1|cpl|iso|img|vhd|one|chm|xll)$/i,
  ],
  ['attached-archive', /\.(zip|rar|7z|gz|ace|arj|cab|r\d\d|tar|tgz|xz|z)$/i],
  ['attached-macro-office', /\.(docm|xlsm|pptm|xlsb|dotm|xlam)$/i],
  ['attached-office', /\.(docx?|xlsx?|pptx?|rtf|odt|ods)$/i],
  ['attached-pdf', /\.pdf$/i],
]

function attachmentFeatures({ attachments, text }: MessageView, note: Note): void {
  for (const { fileName, type, contentId } of attachments) {
    if (type === 'message/rfc822') note('attached-message')
    if (type.startsWith('image/') && contentId !== null) note('picture-embedded')
    if (type === 'text/calendar') note('attached-meeting')
    if (fileName === null) continue
    for (const [name, pattern] of ATTACHED) if (pattern.test(fileName)) note(name, fileName)
    if (/\.(pdf|docx?|xlsx?|jpe?g|png|txt|html?)\s*\.[a-z0-9]{2,4}$/i.test(fileName))
      note('attached-two-endings', fileName)
    if (text.length < 300 && /\.(pdf|html?|docx?|xlsx?|zip|rar)$/i.test(fileName))
      note('attachment-instead-of-text', fileName)
  }
}

function lureFeatures({ subject, text, html }: MessageView, note: Note): void {
  const pictures = (html?.images ?? [])
    .map(({ alt }) => alt)
    .join(' ')
    .slice(0, 1000)
  const folded = `${fold(subject)}\n${fold(text)}\n${fold(pictures)}`.replace(/\s+/g, ' ')
  for (const { kind, saw, count } of luresIn(folded))
    note(`says-${kind}`, saw, 0.6 + 0.2 * Math.min(2, count - 1))
  for (const { kind, saw } of luresIn(fold(subject))) note(`subject-${kind}`, saw)
  const disguised = disguisedWord(folded)
  if (disguised !== null) note('says-disguised-word', disguised)
  const discount = BIG_DISCOUNT.exec(folded.slice(0, 4000))
  if (discount !== null) note('says-big-discount', discount[0])
}
