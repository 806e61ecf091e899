// Features of what a reader sees and does not see: shape of the body, tricks of HTML, kinds of attachment,
// and what the text asks for.
import { luresIn } from './lures.ts'
import type { Note } from './note.ts'
import { fold, type MessageView } from './view.ts'

const INVISIBLE = /\p{Cf}|\u034f/gu
const MIXED_WORD = /(?<=[a-z])[\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff](?=[a-z])/gi
const STYLED = /[\u{1d400}-\u{1d7ff}\u{ff21}-\u{ff5a}]/gu
const CODE = new RegExp(
  String.raw`^(\+\+\+|---|@@|diff --git|index [0-9a-f]{7})|^\s*(#include|def \w+\(|int main|` +
    String.raw`return |import \w+|\$ \w+|at [\w.]+\(|Traceback|Signed-off-by|Reviewed-by|` +
    'Tested-by)',
  'm',
)
const SIGN_OFF = new RegExp(
  String.raw`\n-- ?\n|\n(best|kind|warm)? ?regards,?\s|\n(cheers|thanks|thx|vg|mfg|viele gr|` +
    String.raw`mit freundlichen|cordialement|saludos|abracos|att|atenciosamente)[,.\s!]`,
  'i',
)

/** Notes what the body shows. */
export function bodyFeatures(view: MessageView, note: Note): void {
  shapeFeatures(view, note)
  if (view.html !== null) htmlFeatures(view, note)
  textFeatures(view, note)
  attachmentFeatures(view, note)
  lureFeatures(view, note)
}

function shapeFeatures(view: MessageView, note: Note): void {
  const { plain, html, leaves, mime } = view
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
}

function htmlFeatures({ html, htmlSource, links }: MessageView, note: Note): void {
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
  if (/<font/i.test(htmlSource)) note('font-tags')
  if (/<center|bgcolor=/i.test(htmlSource)) note('old-layout')
  if (/mso-|class=["']?MsoNormal/i.test(htmlSource)) note('office-html')
}

function textFeatures({ text, html, plain, quotedLines }: MessageView, note: Note): void {
  const shown = html?.text ?? plain ?? ''
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
}
