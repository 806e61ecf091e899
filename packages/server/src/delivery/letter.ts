// A message in hand as a letter: its content comes from memory, from its row, or streamed from its file, with
// the signatures and marks that it leaves with.
import { CONTENT_IN_ROW_BYTES_MAX, type DueRecipient } from '#spool/spool.ts'
import type { InHand } from './in-hand.ts'
import { type Marked, markedCopy } from './mark.ts'
import type { Letter } from './smtp-client.ts'
import type { Chunks, Stamp, Stamper } from './stamp.ts'
import { wireContent, wireStream } from './wire-content.ts'

/** What a letter left with, for its report. */
export type SentWith = {
  readonly stamp: Stamp | null
  readonly banner: Marked['banner']
}

/** The letter for some recipients of a message, all marked alike. */
export function letterOf(
  message: InHand,
  recipients: readonly DueRecipient[],
  stamper: Stamper = () => null,
): Letter & { sentWith(): SentWith } {
  const mark = recipients[0]?.firstContact
  if (mark === undefined) {
    const content = () => plainContent(message, stamper)
    const sentWith = () => ({ stamp: message.stamped, banner: null })
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
        const stamp = await stampOn(message, stamper, contentOf(message))
        sent = { ...sent, stamp: message.stamped }
        return wireStream(envelope, contentOf(message), stamp)
      }
      const stamp = (await stamper(envelope, [altered], { isAltered: true })) ?? null
      sent = { ...sent, stamp }
      return wireContent(envelope, [altered], stamp?.fields ?? '')
    },
  }
}

async function plainContent(
  message: InHand,
  stamper: Stamper,
): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  const { envelope, chunks } = message
  if (chunks !== null) return wireContent(envelope, chunks, await stampOn(message, stamper, chunks))
  if (envelope.size > CONTENT_IN_ROW_BYTES_MAX) {
    // Read twice where it is signed: what is that large stays out of memory.
    const stamp = await stampOn(message, stamper, contentOf(message))
    return wireStream(envelope, contentOf(message), stamp)
  }
  const read: Uint8Array[] = []
  for await (const chunk of message.source.spool.readContent(envelope.id)) read.push(chunk)
  return wireContent(envelope, read, await stampOn(message, stamper, read))
}

/** Made once a message, of the content as it came. */
async function stampOn(message: InHand, stamper: Stamper, content: Chunks): Promise<string> {
  message.stamp ??= stamper(message.envelope, content)
  if (message.stamp === null) return ''
  message.stamped = await message.stamp
  return message.stamped.fields
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
