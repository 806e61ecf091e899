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

function decodeHost(host: string): string {
  try {
    return decodeURIComponent(host).toLowerCase()
  } catch {
    return host.toLowerCase()
  }
}
