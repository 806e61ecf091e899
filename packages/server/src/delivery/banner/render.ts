// A banner as octets: a few lines of text in a part's charset, or a block of HTML in plain ASCII.

const STYLES = [
  'display:block!important',
  'visibility:visible!important',
  'opacity:1!important',
  'position:static!important',
  'max-height:none!important',
  'margin:0 0 16px!important',
  'padding:10px 14px!important',
  'border-left:4px solid #b7791f!important',
  'background:#fdf6e3!important',
  'color:#3d2b00!important',
  'font:14px/1.45 Arial,sans-serif!important',
  'text-align:left!important',
].join(';')
const TRANSLITERATED = new Map([
  ['ä', 'ae'],
  ['ö', 'oe'],
  ['ü', 'ue'],
  ['ß', 'ss'],
])
const TEXT_WIDTH = 72

type Text = { readonly sentences: readonly string[]; readonly isAscii: boolean }

/** For text/plain; null in charsets that do not begin as ASCII does. */
export function bannerFor(charset: string | null, { sentences, isAscii }: Text): Uint8Array | null {
  const text = `${textLines(sentences).join('\r\n')}\r\n\r\n`
  const family = familyOf(charset)
  if (family === null) return null
  if (isAscii || family === 'ascii') return Buffer.from(asciiOf(text), 'latin1')
  return Buffer.from(text, family)
}

/** For text/html: every sign beyond ASCII is a reference, so that the charset does not matter. */
export function htmlBanner(charset: string | null, sentences: readonly string[]): Uint8Array | null {
  if (familyOf(charset) === null) return null
  const [title = '', ...rest] = sentences.map(htmlOf)
  // Inline and important: a stylesheet of the message cannot hide it.
  return Buffer.from(`<div style="${STYLES}"><b>${title}</b> ${rest.join(' ')}</div>`, 'latin1')
}

/** A part of its own, to stand before `delimiter`. */
export function newPart(delimiter: Uint8Array, sentences: readonly string[]): Uint8Array {
  const body = Buffer.from(bannerFor('utf-8', { sentences, isAscii: false }) ?? []).toString('base64')
  const head = [
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(body.match(/.{1,76}/g) ?? []),
    '',
    '',
  ].join('\r\n')
  return Buffer.concat([delimiter, Buffer.from(`\r\n${head}`, 'latin1')])
}

/** How ASCII and Latin letters are written in a charset; null where not even ASCII is. */
function familyOf(charset: string | null): 'utf8' | 'latin1' | 'ascii' | null {
  const name = (charset ?? 'us-ascii').trim().toLowerCase()
  if (name === 'us-ascii' || name === 'ascii') return 'ascii'
  // Shifts between sets begin in ASCII.
  if (/^(?:iso-2022-|hz|utf-7|unicode-1-1-utf-7)/.test(name)) return 'ascii'
  try {
    const { encoding } = new TextDecoder(name)
    if (encoding === 'utf-8') return 'utf8'
    if (encoding.startsWith('utf-16') || encoding === 'replacement') return null
    return encoding === 'windows-1252' ? 'latin1' : 'ascii'
  } catch {
    return null
  }
}

/** Between rules that no boundary of a multipart can be: those begin with dashes. */
function textLines(sentences: readonly string[]): readonly string[] {
  const rule = '='.repeat(TEXT_WIDTH)
  return [rule, ...sentences.flatMap(wrapped), rule]
}

function wrapped(sentence: string): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of sentence.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > TEXT_WIDTH) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

function asciiOf(text: string): string {
  return text
    .replace(/[äöüß]/gi, (sign) => {
      const plain = TRANSLITERATED.get(sign.toLowerCase()) ?? ''
      return sign === sign.toLowerCase() ? plain : plain.charAt(0).toUpperCase() + plain.slice(1)
    })
    .normalize('NFKD')
    .replace(/[^ -~\r\n]/g, '')
}

function htmlOf(text: string): string {
  const signs: { readonly [sign: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text
    .replace(/[&<>"]/g, (sign) => signs[sign] ?? sign)
    .replace(/[^ -~]/g, (sign) => `&#${sign.codePointAt(0)};`)
}
