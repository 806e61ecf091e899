// What a reader of an HTML body sees: its text, where its links lead, its pictures, and how much was hidden
// from the eye. One pass over the characters, never a parser that runs or fetches anything.
import { decodeEntities } from './html-entity.ts'
import { isHiddenStyle } from './html-style.ts'

export type HtmlLink = {
  /** The address as written, entities decoded, white space and control characters taken out. */
  readonly href: string
  /** What the reader sees as the link; '' for a picture alone. */
  readonly text: string
}

export type HtmlImage = { readonly src: string; readonly alt: string }

/** Elements that say something about a message beyond its text. */
export type HtmlCounts = {
  readonly forms: number
  readonly passwordFields: number
  readonly scripts: number
  readonly frames: number
  readonly comments: number
  readonly tags: number
}

export type HtmlText = {
  /** Visible text: blocks on lines of their own, white space collapsed. */
  readonly text: string
  readonly links: readonly HtmlLink[]
  readonly images: readonly HtmlImage[]
  /** Text that a reader is not shown (display none, no size, colour of the ground), shortened. */
  readonly hidden: string
  /** Characters of hidden text in all. */
  readonly hiddenLength: number
  readonly counts: HtmlCounts
  /** Text, links or images went beyond the limits. */
  readonly isCut: boolean
}

/** Newsletters reach some hundred links; more adds nothing to what is known of a message. */
export const HTML_LINKS_MAX = 1000
export const HTML_IMAGES_MAX = 1000
/** The text of one link, and one address: longer ones are shortened. */
const LINK_TEXT_MAX = 300
const URL_MAX = 2048
const HIDDEN_MAX = 4000
/** Deeper nesting than this is read as if the inner elements stood beside each other. */
const DEPTH_MAX = 256

const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '))
/** Elements whose content is no text of the message. */
const RAW = new Set('script style title textarea noframes template xmp noembed'.split(' '))
const BLOCK = new Set(
  `address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6
  header hr li main nav ol p pre section table tbody tfoot thead tr ul br option`.split(/\s+/),
)

/** Reads `html`, at most `max` characters of visible text. Linear in its length; never throws. */
export function textOfHtml(html: string, max: number): HtmlText {
  return new Reader(html, max).read()
}

type Open = { readonly name: string; readonly isHidden: boolean }

class Reader {
  readonly #html: string
  readonly #max: number
  readonly #text: string[] = []
  #length = 0
  #isSpaceDue = false
  #isLineDue = false
  readonly #hidden: string[] = []
  #hiddenLength = 0
  readonly #links: { href: string; text: string }[] = []
  readonly #images: HtmlImage[] = []
  readonly #counts = { forms: 0, passwordFields: 0, scripts: 0, frames: 0, comments: 0, tags: 0 }
  readonly #open: Open[] = []
  #hiddenDepth = 0
  #link: { href: string; text: string } | null = null
  #isCut = false

  constructor(html: string, max: number) {
    this.#html = html
    this.#max = max
  }

  read(): HtmlText {
    const html = this.#html
    for (let at = 0; at < html.length; ) {
      const tag = html.indexOf('<', at)
      if (tag === -1) {
        this.#addText(html.slice(at))
        break
      }
      if (tag > at) this.#addText(html.slice(at, tag))
      at = this.#readMarkup(tag)
    }
    return {
      text: this.#text.join(''),
      links: this.#links,
      images: this.#images,
      hidden: this.#hidden.join(' '),
      hiddenLength: this.#hiddenLength,
      counts: this.#counts,
      isCut: this.#isCut,
    }
  }

  /** Reads what begins with `<` and answers where the text goes on. */
  #readMarkup(at: number): number {
    const html = this.#html
    const next = html.charCodeAt(at + 1)
    if (next === 0x21) return this.#readDeclaration(at)
    if (next === 0x3f) return endAfter(html, '>', at)
    if (next === 0x2f) {
      if (!isLetter(html.charCodeAt(at + 2))) return endAfter(html, '>', at)
      const nameEnd = endOfName(html, at + 2)
      this.#close(html.slice(at + 2, nameEnd).toLowerCase())
      return endAfter(html, '>', nameEnd)
    }
    if (!isLetter(next)) {
      this.#addText('<')
      return at + 1
    }
    const nameEnd = endOfName(html, at + 1)
    const name = html.slice(at + 1, nameEnd).toLowerCase()
    const { attributes, end } = readAttributes(html, nameEnd)
    this.#counts.tags++
    this.#start(name, attributes)
    return RAW.has(name) ? endOfRaw(html, name, end) : end
  }

  #readDeclaration(at: number): number {
    if (!this.#html.startsWith('<!--', at)) return endAfter(this.#html, '>', at)
    this.#counts.comments++
    // `<!-->` and `<!--->` are whole comments.
    return endAfter(this.#html, '-->', at + 2)
  }

  #start(name: string, attributes: ReadonlyMap<string, string>): void {
    if (BLOCK.has(name)) this.#isLineDue = true
    else if (name === 'td' || name === 'th') this.#isSpaceDue = true
    if (name === 'a' || name === 'area') this.#startLink(attributes.get('href'), name === 'a')
    else if (name === 'img') this.#addImage(attributes)
    else if (name === 'form') this.#startForm(attributes)
    else if (name === 'input' && attributes.get('type')?.toLowerCase() === 'password') {
      this.#counts.passwordFields++
    } else if (name === 'script') this.#counts.scripts++
    else if (name === 'iframe' || name === 'object' || name === 'embed') this.#counts.frames++
    if (VOID.has(name) || RAW.has(name) || this.#open.length >= DEPTH_MAX) return
    const isHidden = attributes.has('hidden') || isHiddenStyle(attributes)
    this.#open.push({ name, isHidden })
    if (isHidden) this.#hiddenDepth++
  }

  #startLink(href: string | undefined, hasText: boolean): void {
    if (href === undefined) return
    if (this.#links.length >= HTML_LINKS_MAX) {
      this.#isCut = true
      return
    }
    const link = { href: cleanUrl(href), text: '' }
    this.#links.push(link)
    if (hasText) this.#link = link
  }

  #startForm(attributes: ReadonlyMap<string, string>): void {
    this.#counts.forms++
    const action = attributes.get('action')
    if (action !== undefined) this.#startLink(action, false)
  }

  #addImage(attributes: ReadonlyMap<string, string>): void {
    const alt = decodeEntities(attributes.get('alt') ?? '').slice(0, LINK_TEXT_MAX)
    if (this.#images.length >= HTML_IMAGES_MAX) this.#isCut = true
    else this.#images.push({ src: cleanUrl(attributes.get('src') ?? ''), alt })
  }

  #close(name: string): void {
    if (BLOCK.has(name)) this.#isLineDue = true
    if (name === 'a') this.#link = null
    const open = this.#open
    // The end of an element that is not open ends nothing, as in browsers; the search is bounded by the
    // depth.
    let index = open.length - 1
    while (index >= 0 && open[index]!.name !== name) index--
    if (index === -1) return
    while (open.length > index) if (open.pop()!.isHidden) this.#hiddenDepth--
  }

  #addText(raw: string): void {
    const text = decodeEntities(raw)
    if (this.#hiddenDepth > 0) {
      this.#addHidden(text)
      return
    }
    const lead = /^\s/.test(text)
    const words = text.replace(/\s+/g, ' ').trim()
    if (words === '') {
      this.#isSpaceDue ||= lead
      return
    }
    let gap = ''
    if (this.#length > 0) gap = this.#isLineDue ? '\n' : this.#isSpaceDue || lead ? ' ' : ''
    this.#isLineDue = false
    this.#isSpaceDue = /\s$/.test(text)
    const room = this.#max - this.#length
    if (gap.length + words.length > room) this.#isCut = true
    const piece = (gap + words).slice(0, Math.max(0, room))
    if (piece !== '') this.#text.push(piece)
    this.#length += piece.length
    if (this.#link !== null && this.#link.text.length < LINK_TEXT_MAX) {
      this.#link.text = (this.#link.text === '' ? words : this.#link.text + gap + words).slice(
        0,
        LINK_TEXT_MAX,
      )
    }
  }

  #addHidden(text: string): void {
    const words = text.replace(/\s+/g, ' ').trim()
    if (words === '') return
    if (this.#hiddenLength < HIDDEN_MAX) this.#hidden.push(words.slice(0, HIDDEN_MAX - this.#hiddenLength))
    this.#hiddenLength += words.length
  }
}

/** The attributes of a tag, first one of a name first, and where the tag ends. */
function readAttributes(html: string, from: number): { attributes: Map<string, string>; end: number } {
  const attributes = new Map<string, string>()
  let at = from
  while (at < html.length) {
    const code = html.charCodeAt(at)
    if (code === 0x3e) return { attributes, end: at + 1 }
    if (isSpaceOrSlash(code)) {
      at++
      continue
    }
    const nameStart = at
    at++
    while (at < html.length && !endsAttributeName(html.charCodeAt(at))) at++
    const name = html.slice(nameStart, at).toLowerCase()
    at = skipSpace(html, at)
    let value = ''
    if (html.charCodeAt(at) === 0x3d) {
      const read = readValue(html, skipSpace(html, at + 1))
      value = read.value
      at = read.end
    }
    if (attributes.size < 100 && !attributes.has(name)) attributes.set(name, value)
  }
  return { attributes, end: html.length }
}

function readValue(html: string, from: number): { value: string; end: number } {
  const quote = html.charAt(from)
  if (quote === '"' || quote === "'") {
    const close = html.indexOf(quote, from + 1)
    if (close === -1) return { value: html.slice(from + 1, from + 1 + URL_MAX), end: html.length }
    return { value: html.slice(from + 1, close), end: close + 1 }
  }
  let at = from
  while (at < html.length && !isSpace(html.charCodeAt(at)) && html.charCodeAt(at) !== 0x3e) at++
  return { value: html.slice(from, at), end: at }
}

function endOfRaw(html: string, name: string, from: number): number {
  for (let at = html.indexOf('</', from); at !== -1; at = html.indexOf('</', at + 2)) {
    if (html.slice(at + 2, at + 2 + name.length).toLowerCase() === name) return endAfter(html, '>', at)
  }
  return html.length
}

function endAfter(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from)
  return found === -1 ? html.length : found + mark.length
}

function endOfName(html: string, from: number): number {
  let at = from
  while (at < html.length && !endsName(html.charCodeAt(at))) at++
  return at
}

function skipSpace(html: string, from: number): number {
  let at = from
  while (isSpace(html.charCodeAt(at))) at++
  return at
}

function cleanUrl(written: string): string {
  // Readers drop white space and control characters inside an address; who hides a link knows that.
  return decodeEntities(written.slice(0, URL_MAX * 2))
    .replace(/[\u0000-\u0020\u007f]+/g, '')
    .slice(0, URL_MAX)
}

const isSpace = (code: number) => code === 0x20 || (code >= 0x09 && code <= 0x0d)
const isSpaceOrSlash = (code: number) => isSpace(code) || code === 0x2f
const endsName = (code: number) => isSpaceOrSlash(code) || code === 0x3e
const endsAttributeName = (code: number) => endsName(code) || code === 0x3d
const isLetter = (code: number) => (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
