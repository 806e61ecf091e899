// A safe look at held mail (H3, abuse case 58): its beginning is fetched from the edge that keeps it, taken
// apart here, and handed over as data. Nothing is loaded and nothing is run; the page has walls of its own.
import type { MailPreview } from '@gatepost/contract/held.ts'
import { textOfHtml } from '@gatepost/mail/html-text.ts'
import { leaves, type MimePart, parseMime, textOf } from '@gatepost/mail/mime.ts'
import { CONTENT_PART_OCTETS_MAX } from '#link/content-orders.ts'
import { newId } from '#platform/random.ts'
import { appendAudit } from '../audit/audit.ts'
import { problem } from '../problem.ts'
import type { ControlDeps, Scope } from '../scope.ts'

type Deps = Pick<ControlDeps, 'store' | 'clock' | 'link'>

/** Read for a look: the text of a message stands at its beginning, attachments behind it. */
const LOOKED_AT_OCTETS = CONTENT_PART_OCTETS_MAX
const TEXT_MAX = 200_000
const HTML_MAX = 500_000
const LINKS_MAX = 200
const ATTACHMENTS_MAX = 200
const HEADER_FIELDS_MAX = 200
const FIELD_MAX = 2_000
const CONTENT_MS_MAX = 15_000
/** The parts of a forwarded message are attachments of the outer one here. */
const PARTS = { parts: 1_000, depth: 30 }

export type Content = { readonly octets: Uint8Array; readonly size: number }

/** Throws `not-found` when the message waits nowhere, `edge-unreachable` when nobody could be asked. */
export async function previewHeldMail(scope: Scope, messageId: string, deps: Deps): Promise<MailPreview> {
  const { store, clock } = deps
  // Who looks is written down before anything is seen.
  await store.transaction((trx) =>
    appendAudit(trx, scope, {
      action: 'held.read',
      subject: `message ${messageId}`,
      before: null,
      after: null,
      at: clock.now(),
    }),
  )
  return previewOf(await fetchContent(scope, { messageId, octets: LOOKED_AT_OCTETS }, deps))
}

/** The beginning of a message that waits. */
export async function fetchContent(
  { tenantId }: Pick<Scope, 'tenantId'>,
  { messageId, octets }: { readonly messageId: string; readonly octets: number },
  { clock, link }: Pick<Deps, 'clock' | 'link'>,
): Promise<Content> {
  const chunks: Uint8Array[] = []
  let from = 0
  let size = 0
  do {
    const id = newId('ord', clock.now())
    const order = { kind: 'fetch-content', id, tenantId, messageId, from, octets: octets - from } as const
    const { answers, unreachable } = await link.orderAll(order, CONTENT_MS_MAX)
    const found = answers.map(({ result }) => result).find((one) => 'found' in one && one.found)
    if (found?.kind !== 'fetch-content') {
      if (unreachable.length > 0) throw problem('edge-unreachable', unreachable[0]!.why)
      throw problem('not-found', `The message ${messageId} is not held any more.`)
    }
    const part = Buffer.from(found.content, 'base64')
    chunks.push(part)
    from += part.length
    size = found.size
    if (part.length === 0) break
  } while (from < Math.min(size, octets))
  return { octets: Buffer.concat(chunks), size }
}

/** Takes a message apart for the eye. Bounded, whatever stands in it. */
export function previewOf({ octets, size }: Content): MailPreview {
  const { root, faults } = parseMime(octets, PARTS)
  const bodies = bodiesOf(root)
  const html = bodies.html === null ? null : textOf(octets, bodies.html, HTML_MAX)
  const read = html === null ? null : textOfHtml(html, TEXT_MAX)
  const plain = bodies.plain === null ? '' : textOf(octets, bodies.plain, TEXT_MAX)
  return {
    header: root.header.slice(0, HEADER_FIELDS_MAX).map(({ name, value }) => ({
      name,
      value: value.slice(0, FIELD_MAX),
    })),
    text: plain.trim() === '' ? (read?.text ?? '') : plain,
    html,
    links: (read?.links ?? []).slice(0, LINKS_MAX).map(({ href, text }) => ({
      href,
      text,
      differs: leadsElsewhere(text, href),
    })),
    attachments: attachmentsOf(root, new Set([bodies.plain, bodies.html])),
    size,
    isCut: octets.length < size,
    faults: faults.map((fault) => fault.replaceAll('-', ' ')),
  }
}

type Bodies = { readonly plain: MimePart | null; readonly html: MimePart | null }

function bodiesOf(root: MimePart): Bodies {
  let plain: MimePart | null = null
  let html: MimePart | null = null
  for (const part of leavesOutside(root)) {
    if (part.disposition === 'attachment' || part.fileName !== null) continue
    if (part.type === 'text/plain') plain ??= part
    if (part.type === 'text/html') html ??= part
  }
  return { plain, html }
}

function attachmentsOf(root: MimePart, bodies: ReadonlySet<MimePart | null>): MailPreview['attachments'] {
  const found: MailPreview['attachments'] = []
  for (const part of leavesOutside(root)) {
    if (bodies.has(part) || found.length >= ATTACHMENTS_MAX) continue
    const isText = part.type === 'text/plain' || part.type === 'text/html'
    if (isText && part.fileName === null && part.disposition !== 'attachment') continue
    const name = part.fileName ?? (isMessage(part) ? 'forwarded message' : 'without a name')
    const embedded = part.contentId !== null && part.disposition !== 'attachment'
    found.push({ name: name.slice(0, FIELD_MAX), type: part.type, size: part.end - part.start, embedded })
  }
  return found
}

function isMessage({ type }: MimePart): boolean {
  return type === 'message/rfc822' || type === 'message/global'
}

/** Leaves, but what a forwarded message holds is left inside it. */
function* leavesOutside(root: MimePart): Iterable<MimePart> {
  const open = [root]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (isMessage(next) && next !== root) yield next
    else if (next.parts.length === 0) yield* leaves(next)
    else for (let at = next.parts.length - 1; at >= 0; at--) open.push(next.parts[at]!)
  }
}

/** The words of a link name a host, and it leads to another one. */
function leadsElsewhere(text: string, href: string): boolean {
  const shown = /^\s*(?:https?:\/\/)?((?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24})(?:[/:?#\s]|$)/iu.exec(text)
  if (shown === null) return false
  const target = hostOf(href)
  const named = hostOf(`https://${shown[1]}`)
  if (target === null || named === null) return false
  const bare = (host: string): string => host.replace(/^www\./, '')
  return bare(target) !== bare(named) && !target.endsWith(`.${bare(named)}`)
}

function hostOf(href: string): string | null {
  return URL.canParse(href) ? new URL(href).hostname : null
}
