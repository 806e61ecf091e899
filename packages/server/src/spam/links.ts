// Links as a reader meets them: where each leads and what it claims, from HTML and from plain text.
import type { HtmlText } from '@gatepost/mail/html-text.ts'
import { registrableDomainOf } from '#platform/public-suffix.ts'

export type LinkView = {
  readonly href: string
  readonly scheme: string
  readonly host: string
  /** The registrable domain; the host itself for an address. */
  readonly organisation: string
  /** Path, query and fragment as written. */
  readonly rest: string
  readonly hasUser: boolean
  readonly port: string
  /** What the reader sees; '' for a picture or a bare address. */
  readonly text: string
}

/** Links that are looked at; a message with more says nothing new. */
const LINKS_MAX = 300
const URL = /^([a-z][a-z0-9+.-]*):(?:\/\/)?(?:([^/?#@]*)@)?(\[[^\]]*\]|[^/?#:@]*)(?::(\d*))?([/?#].*)?$/is
/** Scanners that put their own address around each link of mail that passed them. */
const REWRITERS = new RegExp(
  String.raw`(^|[./])(urldefense(\.proofpoint)?\.com|urldefense\.us|safelinks\.protection\.outlook\.com|` +
    String.raw`linkprotect\.cudasvc\.com)($|[/:])`,
  'i',
)
/** Lines that programs on telephones add to what people write. */
const BOILERPLATE = new RegExp(
  String.raw`^https?:\/\/(aka\.ms\/(o0ukef|aab9ysg|ghei36|qtex0l|weboutlook)|` +
    String.raw`overview\.mail\.yahoo\.com\/mobile)`,
  'i',
)
const IN_TEXT = /\b(?:https?:\/\/|www\.)[^\s<>"'()[\]{}]{3,2000}/gi

/** The web links of a message: those of its HTML, else those written in its text. */
export function linksOf(html: HtmlText | null, text: string): LinkView[] {
  const links: LinkView[] = []
  for (const { href, text: shown } of html?.links ?? []) {
    if (links.length >= LINKS_MAX) break
    const link = readLink(href, shown)
    if (link !== null) links.push(link)
  }
  if (links.length > 0) return links
  for (const [written] of text.matchAll(IN_TEXT)) {
    if (links.length >= LINKS_MAX) break
    const link = readLink(written.replace(/(?<![.,;:!?])[.,;:!?]+$/, ''), '')
    if (link !== null) links.push(link)
  }
  return links
}

/** One address; null for mailto:, anchors and what is none. */
export function readLink(written: string, text: string): LinkView | null {
  let href = written.trim()
  if (/^www\./i.test(href)) href = `http://${href}`
  if (href.startsWith('//')) href = `http:${href}`
  if (BOILERPLATE.test(href)) return null
  const match = URL.exec(href.replace(/\\/g, '/'))
  if (match === null) return null
  const scheme = match[1]!.toLowerCase()
  if (scheme === 'data' || scheme === 'javascript') {
    return {
      href,
      scheme,
      host: '',
      organisation: '',
      rest: href.slice(0, 200),
      hasUser: false,
      port: '',
      text,
    }
  }
  if (scheme !== 'http' && scheme !== 'https' && scheme !== 'ftp') return null
  const host = decodeHost(match[3] ?? '').replace(/\.$/, '')
  if (host === '') return null
  const wrapped = REWRITERS.test(host) ? unwrapped(match[5] ?? '') : null
  if (wrapped !== null) return readLink(wrapped, text)
  return {
    href,
    scheme,
    host,
    organisation: registrableDomainOf(host),
    rest: match[5] ?? '',
    hasUser: match[2] !== undefined,
    port: match[4] ?? '',
    text,
  }
}

/** The address inside one that a scanner of another organisation rewrote; null where it cannot be read. */
function unwrapped(rest: string): string | null {
  const third = /^\/v3\/__(https?:\/{1,2}[^\s]*?)__;/i.exec(rest)?.[1]
  if (third !== undefined) return third.replace(/^(https?:)\/(?!\/)/i, '$1//')
  const query = /[?&](?:u|url)=([^&#]+)/i.exec(rest)?.[1]
  if (query === undefined) return null
  try {
    const written = rest.startsWith('/v2/') ? query.replace(/-/g, '%').replace(/_/g, '/') : query
    const address = decodeURIComponent(written)
    return /^https?:\/\//i.test(address) && !REWRITERS.test(address.slice(0, 80)) ? address : null
  } catch {
    return null
  }
}

function decodeHost(host: string): string {
  try {
    return decodeURIComponent(host).toLowerCase()
  } catch {
    return host.toLowerCase()
  }
}
