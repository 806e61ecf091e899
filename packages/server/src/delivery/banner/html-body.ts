// Where the visible part of an HTML document begins, read as browsers read it: comments, styles and titles
// may hold what only looks like a body, so that a banner in them is seen by nobody.
import { toLatin1 } from '@gatepost/mail/bytes.ts'

/** Elements that may stand before the body, and what ends those that hold raw text. */
const BEFORE: ReadonlySet<string> = new Set(['html', 'head', 'meta', 'link', 'base'])
const RAW: ReadonlySet<string> = new Set(['style', 'script', 'title', 'noscript', 'template', 'noframes'])
/** Documents with more before their body are given the banner at this point. */
const LOOKED_AT_OCTETS = 262_144
const TAG = /^<\/?([a-z][a-z0-9:_-]*)(?:[^>"']|"[^"]*"|'[^']*')*>/i

/** The offset behind `<body …>`, or before the first thing that opens a body by itself. */
export function bodyOffset(octets: Uint8Array): number {
  const text = toLatin1(octets, 0, Math.min(octets.length, LOOKED_AT_OCTETS))
  let at = text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0
  for (;;) {
    at += /^[\s\0]*/.exec(text.slice(at, at + 4_096))![0].length
    const next = step(text, at)
    if (next.kind === 'body' || next.at <= at) return Math.max(next.at, at)
    at = next.at
  }
}

function step(text: string, at: number): { readonly kind: 'on' | 'body'; readonly at: number } {
  if (text.startsWith('<!--', at)) {
    const end = text.indexOf('-->', at + 4)
    return end === -1 ? { kind: 'body', at } : { kind: 'on', at: end + 3 }
  }
  if (text.startsWith('<!', at) || text.startsWith('<?', at)) {
    const end = text.indexOf('>', at)
    return end === -1 ? { kind: 'body', at } : { kind: 'on', at: end + 1 }
  }
  const tag = TAG.exec(text.slice(at, at + 16_384))
  if (tag === null) return { kind: 'body', at }
  const name = tag[1]!.toLowerCase()
  const behind = at + tag[0].length
  if (name === 'body') return { kind: 'body', at: behind }
  if (BEFORE.has(name)) return { kind: 'on', at: behind }
  if (!RAW.has(name)) return { kind: 'body', at }
  if (tag[0].startsWith('</')) return { kind: 'on', at: behind }
  const close = text.toLowerCase().indexOf(`</${name}`, behind)
  const end = close === -1 ? -1 : text.indexOf('>', close)
  return end === -1 ? { kind: 'body', at } : { kind: 'on', at: end + 1 }
}
