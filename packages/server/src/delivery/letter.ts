// A message in hand as a letter: its content comes from memory, from its row, or streamed from its file, with
// the signatures and marks that it leaves with.
import type { TenantSettings } from '#policy/settings.ts'
import { CONTENT_IN_ROW_BYTES_MAX, type DueRecipient, type Envelope } from '#spool/spool.ts'
import type { InHand } from './in-hand.ts'
import { type Marked, markedCopy } from './mark.ts'
import { isSignedByRecipient } from './signing-domain.ts'
import type { Letter, WireContent } from './smtp-client.ts'
import { type Chunks, type Stamp, type Stamper, stampFor } from './stamp.ts'
import { wireParts, wireStream } from './wire-content.ts'

/** What a letter left with, for its report. */
export type SentWith = {
  readonly stamp: Stamp | null
  readonly banner: Marked['banner']
}

/** RFC 5321 §4.5.3.1.8: every server takes a hundred recipients. */
const RECIPIENTS_PER_LETTER_MAX = 100

/** Recipients of one transmission at most: one where a policy signs for some of them and not for others. */
export function recipientsPerLetter({ direction }: Envelope, settings: TenantSettings | null): number {
  const isEach = settings !== null && direction === 'outbound' && isSignedByRecipient(settings)
  return isEach ? 1 : RECIPIENTS_PER_LETTER_MAX
}

/** The letter for some recipients of a message, all marked alike. */
export function letterOf(
  message: InHand,
  recipients: readonly DueRecipient[],
  stamper: Stamper = () => null,
): Letter & { sentWith(): SentWith } {
  const mark = recipients[0]?.firstContact
  if (mark === undefined) {
    const content = () => plainContent(message, recipients, stamper)
    const sentWith = () => ({ stamp: message.stamped && stampFor(message.stamped, recipients), banner: null })
    return { envelope: message.envelope, recipients, content, sentWith }
  }
  let sent: SentWith = { stamp: null, banner: null }
  return {
    envelope: message.envelope,
    recipients,
    sentWith: () => sent,
    content: async () => {
      const marked = await markedCopy(message.envelope, mark, () => contentOf(message))
      sent = { stamp: null, banner: marked.banner }
      const { envelope, altered } = marked
      if (altered === null) {
        const stamp = await stampOn(message, recipients, { stamper, content: contentOf(message) })
        sent = { ...sent, stamp: message.stamped && stampFor(message.stamped, recipients) }
        return wireStream(envelope, contentOf(message), stamp)
      }
      const stamp = (await stamper(envelope, [altered], { isAltered: true })) ?? null
      sent = { ...sent, stamp }
      return wireParts(envelope, [altered], stamp?.fields ?? '')
    },
  }
}

function plainContent(
  message: InHand,
  recipients: readonly DueRecipient[],
  stamper: Stamper,
): WireContent | Promise<WireContent> {
  const { envelope, chunks } = message
  const stamped = (content: Chunks) => stampOn(message, recipients, { stamper, content })
  if (chunks === null) return contentRead(message, stamped)
  const stamp = stamped(chunks)
  if (typeof stamp === 'string') return wireParts(envelope, chunks, stamp)
  return stamp.then((fields) => wireParts(envelope, chunks, fields))
}

async function contentRead(
  message: InHand,
  stamped: (content: Chunks) => string | Promise<string>,
): Promise<WireContent> {
  const { envelope } = message
  if (envelope.size > CONTENT_IN_ROW_BYTES_MAX) {
    // Read twice where it is signed: what is that large stays out of memory.
    const stamp = await stamped(contentOf(message))
    return wireStream(envelope, contentOf(message), stamp)
  }
  const read: Uint8Array[] = []
  for await (const chunk of message.source.spool.readContent(envelope.id)) read.push(chunk)
  return wireParts(envelope, read, await stamped(read))
}

/**
 * Made once a message, of the content as it came; recipients of one letter are signed for alike. At once
 * where nothing is signed.
 */
function stampOn(
  message: InHand,
  recipients: readonly DueRecipient[],
  { stamper, content }: { readonly stamper: Stamper; readonly content: Chunks },
): string | Promise<string> {
  message.stamp ??= stamper(message.envelope, content)
  if (message.stamp === null) return ''
  return message.stamp.then((stamp) => {
    message.stamped = stamp
    return stampFor(stamp, recipients).fields
  })
}

async function* contentOf({ envelope, chunks, source }: InHand): AsyncGenerator<Uint8Array> {
  if (chunks === null) yield* source.spool.readContent(envelope.id, { reuse: true })
  else yield* chunks
}

/**
 * The start of the content as it was received, for DSNs: up to one byte more than `max`, which tells that it
 * is longer.
 */
export async function originalOf(message: InHand, max: number): Promise<Uint8Array> {
  const { envelope, chunks } = message
  const parts: Uint8Array[] = []
  let length = 0
  const source = chunks ?? message.source.spool.readContent(envelope.id)
  for await (const chunk of source) {
    parts.push(chunk)
    length += chunk.length
    if (length > max) break
  }
  return Buffer.concat(parts).subarray(0, max + 1)
}
